"""A simulated school district: an SIS that speaks OneRoster 1.1, with vendor habits and faults on demand.

The program is `python -m district_simulator --help`; tests use SimulatedDistrict.
"""

from district_simulator.library import SimulatedDistrict
from district_simulator.people import Person
from district_simulator.roster import DistrictSettings
from district_simulator.server import Binding
from district_simulator.service import AccessSettings

__all__ = ["AccessSettings", "Binding", "DistrictSettings", "Person", "SimulatedDistrict"]
