"""The pages about the ledger: moved, backed up, restored and emptied as they say."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from click.testing import CliRunner, Result
from hack.postgres import installed_programs
from tests.docs.pages import ROOT, text_of
from tests.docs.typed import SOURCE, shown
from tests.reconcile.district_harness import COURSES, Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.main import cli
from roster_operator.reconcile.contract import Outcome

MOVE = "docs/how-to/move-to-postgresql.md"
BACKUP = "docs/how-to/back-up-and-restore.md"
REMOVE = "docs/how-to/remove-a-district.md"
SCRIPT = "examples/ledger-tool/move.py"

pytestmark = pytest.mark.slow


def held_and_sticky(scene: Scene) -> Scene:
    """Live, with removals that wait, an approval that was spent, and a license that stays."""
    scene.reconcile()
    scene.execute("UPDATE licenses SET origin = 'Sticky' WHERE id = (SELECT min(id) FROM licenses)")
    scene.change_spec(courses=scene.spec["courses"][1:])
    assert scene.reconcile().outcome is Outcome.HELD
    return scene


@pytest.fixture
def moved(district: SimulatedDistrict, scene: Scene, postgres_url: str) -> Iterator[Scene]:
    """The same district after the move, as the page has it."""
    held_and_sticky(scene)
    assert f"< {SCRIPT}" in text_of(MOVE)
    assert move(scene.ledger_url, postgres_url).returncode == 0
    there = Scene(district, postgres_url)
    there.spec, there.status, there.generation = scene.spec, scene.status, scene.generation
    there._runs = scene._runs  # ids of runs are never given twice
    yield there
    there.close()


def move(here: str, there: str) -> subprocess.CompletedProcess[str]:
    with (ROOT / SCRIPT).open(encoding="utf-8") as script:
        return subprocess.run(
            [sys.executable, "-", here, there], stdin=script, capture_output=True, text=True, check=False
        )


def contents(scene: Scene) -> dict[str, list[str]]:
    """All rows, in no order."""
    tables = [table for table in sa.inspect(scene.engine).get_table_names() if table != "alembic_version"]
    metadata = sa.MetaData()
    metadata.reflect(scene.engine, only=tables)
    with scene.engine.connect() as connection:
        return {
            table: sorted(
                str([str(cell).removesuffix("+00:00").rstrip("0").rstrip(".") for cell in row])
                for row in connection.execute(sa.select(metadata.tables[table]))
            )
            for table in tables
        }


@pytest.mark.postgres
def test_a_moved_ledger_is_the_same_and_the_next_sync_goes_on(scene: Scene, moved: Scene) -> None:
    assert contents(moved) == contents(scene)

    assert moved.reconcile().outcome is Outcome.HELD
    assert moved.status["plan"]["held"] == scene.status["plan"]["held"]
    assert moved.status["plan"]["grants"] == 0
    assert moved.status["plan"]["digest"] == scene.status["plan"]["digest"]


@pytest.mark.postgres
def test_numbers_go_on_from_where_they_were(moved: Scene) -> None:
    highest = moved.query("SELECT max(id) FROM accounts")[0][0]
    positions = moved.query("SELECT max(position) FROM journal")[0][0]
    moved.district.change(f"student-arrives:{moved.district.school_ids[0]},count=5")

    moved.change_spec(courses=COURSES)
    assert moved.reconcile().outcome is Outcome.SYNCED, moved.status

    assert moved.query(f"SELECT count(*) FROM accounts WHERE id > {highest}") == [(5,)]
    assert moved.query(f"SELECT min(position) > {positions} FROM journal WHERE at = (SELECT max(at) FROM journal)") == [
        (True,)
    ]


@pytest.mark.postgres
def test_a_ledger_that_holds_districts_is_not_written_over(scene: Scene, moved: Scene) -> None:
    before = contents(moved)

    again = move(scene.ledger_url, moved.ledger_url)

    assert again.returncode == 1
    assert again.stderr.splitlines()[-1].partition(";")[0] in text_of(MOVE)
    assert contents(moved) == before


def test_the_pod_of_the_pages_has_what_their_commands_name(repository_chart: str) -> None:
    pod = yaml.safe_load((ROOT / "examples" / "ledger-tool" / "pod.yaml").read_text(encoding="utf-8"))
    mounts = {mount["mountPath"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}

    assert {"/tmp", "/var/lib/roster-operator", "/etc/roster-operator/ledger"} == mounts
    assert all(f"mountPath: {mount}" in repository_chart for mount in mounts - {"/tmp"})


@pytest.fixture
def repository_chart() -> str:
    return text_of("charts/roster-operator/templates/deployment.yaml")


def test_a_copy_of_sqlite_is_made_by_the_line_of_the_page_and_put_back(scene: Scene, tmp_path: Path) -> None:
    held_and_sticky(scene)
    line = next(block.text for block in shown(BACKUP, "sh") if "VACUUM" in block.text)
    python = line.partition("python -c '")[2].partition("'")[0]
    file, copy = tmp_path / "ledger.sqlite", tmp_path / "copy.sqlite"
    typed = python.replace("/var/lib/roster-operator/ledger.sqlite", str(file)).replace("/tmp/ledger.sqlite", str(copy))
    before = contents(scene)

    subprocess.run([sys.executable, "-c", typed], check=True)
    scene.execute("DELETE FROM licenses")
    scene.close()
    restore = next(block.text for block in shown(BACKUP, "sh") if "before-restore" in block.text)
    script = restore.partition("sh -ec '")[2].partition("'")[0]
    script = script.replace("/var/lib/roster-operator", str(tmp_path)).replace("/tmp/ledger.sqlite", str(copy))
    subprocess.run(["sh", "-ec", script], check=True)

    restored = Scene(scene.district, scene.ledger_url)
    assert contents(restored) == before
    assert (tmp_path / "before-restore" / "ledger.sqlite").exists()
    restored.close()


@pytest.mark.postgres
def test_a_dump_of_postgresql_is_restored_into_an_empty_database(
    district: SimulatedDistrict, postgres_url: str, postgres_server: object, tmp_path: Path
) -> None:
    scene = held_and_sticky(Scene(district, postgres_url))
    empty = postgres_server.create_database()  # type: ignore[attr-defined]
    dump, restore = (block.text for block in shown(BACKUP, "sh") if block.text.startswith(("pg_dump", "pg_restore")))

    for command, url in ((dump, postgres_url), (restore, empty)):
        path = f"{installed_programs()}:/usr/bin:/bin"
        subprocess.run(["sh", "-ec", command], cwd=tmp_path, env={"LEDGER_URL": url, "PATH": path}, check=True)

    there = Scene(district, empty)
    assert contents(there) == contents(scene)
    there.close()
    scene.close()


@pytest.mark.postgres
def test_nobody_of_a_removed_district_is_left(district: SimulatedDistrict, postgres_url: str) -> None:
    scene = held_and_sticky(Scene(district, postgres_url))
    (block,) = [block.text for block in shown(REMOVE, "sh") if "roster-operator erase" in block.text]
    look, erase = (line.partition(" > ")[0] for line in block.splitlines())

    def run(line: str) -> Result:
        words = shlex.split(line.replace(SOURCE, district.base_url.partition("://")[2]))[1:]
        return CliRunner().invoke(cli, [*words, f"--ledger={postgres_url}"])

    assert run(erase).exit_code == 2, "a district that is held by a resource is left alone"
    scene.execute("UPDATE districts SET owner = NULL, live_since = NULL")
    before = contents(scene)
    shown_before = yaml.safe_load(run(look).stdout)
    assert contents(scene) == before
    certificate = yaml.safe_load(run(erase).stdout)
    assert certificate["erased"] == shown_before["erased"]
    assert certificate["erased"]["accounts"] > 0

    left = {table for table, rows in scene.rows().items() if rows} - {"alembic_version", "identity"}
    assert left <= {"districts", "sync_runs", "journal", "erasures", "district_state"}
    everything = str(contents(scene))
    assert [text for text in district.personal_strings() if len(text) > 5 and text in everything] == []
    scene.close()
