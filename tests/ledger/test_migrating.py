"""The schema: from nothing, again, by several processes at once, and of another version."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError
from tests.ledger.ledger_harness import Books, person, run

from roster_operator.errors import LedgerUnavailable
from roster_operator.ledger import open_ledger
from roster_operator.ledger.engine import lock_schema
from roster_operator.ledger.interface.district import DistrictState
from roster_operator.ledger.migrating import versions
from roster_operator.ledger.schema import metadata
from roster_operator.ledger.upgrading import configuration
from roster_operator.licensing.models import Hold

pytestmark = pytest.mark.slow

OPERATOR = Path(__file__).parents[2] / "operator"
PROGRAM = "import sys; from roster_operator.ledger import open_ledger; open_ledger(sys.argv[1], patience=120).migrate()"


def test_a_store_that_was_not_migrated_says_so(ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    with pytest.raises(LedgerUnavailable, match="let the operator migrate it"):
        ledger.check()
    with pytest.raises(LedgerUnavailable, match="let the operator migrate it"):
        ledger.counts(1)
    ledger.close()


def test_migrating_twice_changes_nothing(ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    for _ in range(2):
        ledger.migrate()
        ledger.check()
    ledger.close()


def test_several_processes_may_migrate_at_once(ledger_url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(OPERATOR)}
    programs = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, ledger_url], env=environment, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for program in programs:
        _, errors = program.communicate(timeout=120)
        assert program.returncode == 0, errors.decode()
    ledger = open_ledger(ledger_url)
    ledger.check()
    ledger.close()


def test_the_versions_that_the_operator_knows_are_those_of_its_migrations() -> None:
    script = ScriptDirectory.from_config(configuration())
    known = [revision.revision for revision in script.walk_revisions()]
    assert list(versions()) == known[::-1]
    assert versions()[-1] == script.get_current_head()


def test_a_store_of_this_version_needs_no_alembic(ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    ledger.migrate()
    ledger.close()
    program = f"{PROGRAM}; print(sorted(name for name in sys.modules if name.startswith('alembic')))"
    environment = {**os.environ, "PYTHONPATH": str(OPERATOR)}
    printed = subprocess.run(
        [sys.executable, "-c", program, ledger_url], env=environment, check=True, capture_output=True
    ).stdout
    assert printed.strip() == b"[]"


def test_the_migrations_make_what_the_code_expects(ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    ledger.migrate()
    ledger.close()
    engine = create_engine(ledger_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        views = {"active_licenses", "license_changes", "license_changes_floor"}
        assert set(inspect(connection).get_view_names()) == views
    engine.dispose()


def test_a_store_of_a_newer_version_is_left_alone(ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    ledger.migrate()
    engine = create_engine(ledger_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for step in (ledger.migrate, ledger.check):
        with pytest.raises(LedgerUnavailable, match="newer version"):
            step()
    ledger.close()


def test_nothing_is_written_to_a_store_that_was_migrated_while_the_operator_was_running(ledger_url: str) -> None:
    books = Books(ledger_url)
    books.sync([person("ann")])
    books.write("UPDATE alembic_version SET version_num = '9999'")
    before = books.dump()
    for live in (True, False):
        with pytest.raises(LedgerUnavailable, match="newer version"), books.planned([], live=live):
            pass
    with pytest.raises(LedgerUnavailable, match="newer version"):
        books.ledger.release(books.claim.owner, revoke=True, run=run())
    books.write("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(LedgerUnavailable, match="another version"), books.planned([]):
        pass
    assert books.dump() == before
    books.close()


def test_whoever_migrates_waits_for_a_sync_that_writes(postgres_url: str) -> None:
    books = Books(postgres_url)
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with books.planned([person("ann")]) as planned:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            with pytest.raises(OperationalError):
                lock_schema(connection)
        planned.apply(run(), Hold(), DistrictState())
    with engine.begin() as connection:
        lock_schema(connection)
    engine.dispose()
    books.close()
