"""Run the simulator: `python -m district_simulator`."""

from district_simulator.cli import main

main(prog_name="python -m district_simulator")
