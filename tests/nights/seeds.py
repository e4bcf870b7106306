"""A seed is a district, and what happens to it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from tests.nights.run import Nights
from tests.nights.stage import KINDS, Stage
from tests.nights.world import World


def is_on_postgres(seed: int) -> bool:
    """Every fifth district of each kind."""
    return seed // len(KINDS) % 5 == 4


def spend(seed: int, nights: int, ledger_url: str = "") -> Nights:
    """So many nights of the district of this seed; raises `Fault`. Without `ledger_url` on a SQLite file of its own."""
    rng = Random(seed)
    with tempfile.TemporaryDirectory(prefix="nights-") as folder:
        kind = KINDS[seed % len(KINDS)]
        stage = Stage(rng, Path(folder), ledger_url or f"sqlite:///{folder}/ledger.sqlite", kind)
        world = World(rng, plain=kind == "PowerSchool")
        world.populate(students=rng.choice([12, 40, 120]))
        run = Nights(seed, nights, stage, world)
        try:
            for _ in range(nights):
                run.night()
            run.heal()
        finally:
            stage.close()
        return run
