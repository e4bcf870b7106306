"""Many nights of many random districts: `make nights N=5000 SEED=1`.

A district has 25 nights, if so many are asked for, and each seed is another district. What goes wrong is printed with
the command that does it again; the other districts go on.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import ExitStack

from hack.postgres import Postgres, PostgresMissing, PrivatePostgres, find_postgres
from tests.nights.run import Fault
from tests.nights.seeds import is_on_postgres, spend

OF_A_DISTRICT = 25
_SHOWN = 60


def main() -> int:
    """How many districts had a fault: none, or some."""
    parser = argparse.ArgumentParser(prog="make nights", description=__doc__)
    parser.add_argument("--nights", type=int, default=500, metavar="N", help="how many, of all districts together")
    parser.add_argument("--seed", type=int, default=0, help="of the first district")
    asked = parser.parse_args()
    seen: Counter[str] = Counter()
    faults = 0
    with ExitStack() as resources:
        server = _postgres(resources)
        for seed in range(asked.seed, asked.seed + -(-asked.nights // OF_A_DISTRICT)):
            if is_on_postgres(seed) and server is None:
                print(f"seed {seed}: left out, as there is no PostgreSQL")
                continue
            url = server.create_database() if server is not None and is_on_postgres(seed) else ""
            try:
                nights = spend(seed, min(OF_A_DISTRICT, asked.nights), url)
            except Fault as fault:
                faults += 1
                print(f"{fault}\n")
            else:
                seen += nights.seen
                print(f"seed {seed}: well, {nights.stage.kind}{' on PostgreSQL' if url else ''}", flush=True)
            finally:
                if server is not None and url:
                    server.drop_database(url)
    print("What happened: " + ", ".join(f"{what} {often}" for what, often in seen.most_common(_SHOWN)))
    return 1 if faults else 0


def _postgres(resources: ExitStack) -> Postgres | None:
    try:
        server = find_postgres()
    except PostgresMissing:
        return None
    return resources.enter_context(server) if isinstance(server, PrivatePostgres) else server


if __name__ == "__main__":
    sys.exit(main())
