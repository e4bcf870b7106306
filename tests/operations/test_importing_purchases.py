"""What somebody bought comes by the same file, also from a database's own export, and after the district is live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.cli.folders import integration, write
from tests.operations.conftest import LiveDistrict, district_in
from tests.operations.test_importing import imported, taken, told
from tests.operations.test_undo import rows

from district_simulator.library import SimulatedDistrict
from roster_operator.ledger.store import open_ledger

HEADER = "username,ebook,edition,until,purchase,stays\n"


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture
def draft(simulated: SimulatedDistrict, tmp_path: Path, ledger_url: str) -> LiveDistrict:
    """A district in setup mode."""
    district = district_in(tmp_path / "draft", simulated, ledger_url)
    write(district.folder / "integration.yaml", integration(simulated, live=False))
    ledger = open_ledger(ledger_url)
    ledger.migrate()
    ledger.close()
    return district


def test_it_comes_with_its_reference_and_goes_with_the_import(draft: LiveDistrict) -> None:
    file = f"{HEADER}parent.one,geometry,Student,2099-06-30,PIN-4711,\nparent.one,geometry,Student,2099-01-31,,\n"
    run = taken(draft, file)["byRun"]
    found = rows(draft, "SELECT origin, purchase, until FROM licenses")
    assert [(origin, purchase, str(until)[:7]) for origin, purchase, until in found] == [
        ("Purchased", "PIN-4711", "2099-06")
    ]
    assert rows(draft, "SELECT origin FROM license_changes") == [("Purchased",)]
    assert draft.asked("export", "--person", "parent.one")["person"]["licenses"][0]["purchase"] == "PIN-4711"
    shown = draft.asked("undo", run)
    draft.asked("undo", run, "--digest", shown["digest"], "--reason", "wrong file")
    assert rows(draft, "SELECT COUNT(*) FROM licenses") == [(0,)]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("2099-06-30,ann@example.org,", "Purchase"),
        ("2099-06-30,Ann Lee,", "Purchase"),
        (f"2099-06-30,{'x' * 65},", "Purchase"),
        (",PIN-4711,", "PurchaseEnd"),
        ("2020-06-30,PIN-4711,", "Ended"),
    ],
)
def test_what_is_no_purchase_is_left_out(draft: LiveDistrict, cells: str, why: str) -> None:
    shown = told(draft, f"{HEADER}a.one,geometry,Student,{cells}\n")
    assert [(each["why"], each["some"]) for each in shown["leftOut"]] == [(why, [1])]


def test_once_the_district_is_live_it_is_taken_in_no_sync_removes_it_and_explain_names_it(live: LiveDistrict) -> None:
    ((login,),) = rows(live, "SELECT username FROM accounts ORDER BY id LIMIT 1")
    assert taken(live, f"{HEADER}{login},geometry,Student,2099-06-30,order/17,\n")["licenses"] == 1
    live.sync()
    told_of: dict[str, Any] = live.asked("explain", "-f", str(live.folder), "--person", login)
    [bought] = [each for each in told_of["has"] if each["ebook"] == "geometry"]
    assert (bought["origin"], bought["nextSync"]) == ("Purchased", "Keeps")


def test_what_a_database_exports_is_read_as_it_is(draft: LiveDistrict, postgres_ledger_url: str) -> None:
    with psycopg.connect(postgres_ledger_url) as connection:
        connection.execute("CREATE TABLE pins (login text, book text, expires date, pin text, kept boolean)")
        connection.execute("INSERT INTO pins VALUES ('a.one', 'geometry', '2099-06-30', 'PIN-1', false)")
        connection.execute("INSERT INTO pins VALUES ('b.two', 'geometry', NULL, NULL, true)")
        query = """
            COPY (SELECT login AS username, book AS ebook, 'Student' AS edition, expires AS until, pin AS purchase,
                         kept AS stays
                    FROM pins ORDER BY login) TO STDOUT WITH (FORMAT csv, HEADER)
        """
        with connection.cursor().copy(query) as copy:
            exported = b"".join(bytes(block) for block in copy)
        connection.rollback()
    taken(draft, exported.decode())
    assert rows(
        draft, "SELECT username, origin FROM licenses JOIN accounts ON accounts.id = account_id ORDER BY 1"
    ) == [
        ("a.one", "Purchased"),
        ("b.two", "Sticky"),
    ]
    assert "PIN-1" not in imported(draft, exported.decode()).output
