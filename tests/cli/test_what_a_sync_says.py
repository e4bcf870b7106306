"""What `roster-operator sync` prints leads to what is right: plans, what there is to choose from, what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.folders import EBOOK, check, documents, integration, ledger, message, ready, run, statuses, write

from district_simulator.library import SimulatedDistrict


@pytest.fixture(scope="module")
def district() -> Any:
    """With two schools."""
    with SimulatedDistrict(students=60, schools=2, seed=3) as district:
        yield district


def test_a_plan_of_a_live_district_is_no_setup_mode(district: SimulatedDistrict, folder: Path, tmp_path: Path) -> None:
    write(folder / "integration.yaml", integration(district))
    planned = statuses(run("--file", folder, "--plan-only"))["springfield"]
    assert ready(planned) == "PlanOnly"
    assert "a sync would grant" in message(planned)
    assert "Setup mode" not in message(planned)
    assert "spec.live" not in message(planned)
    run("--file", folder, ledger(tmp_path))
    write(folder / "integration.yaml", integration(district, courses=[{"code": "MA101", "ebooks": ["algebra"]}]))
    held = statuses(run("--file", folder, "--plan-only", ledger(tmp_path)))["springfield"]
    assert f"The removals would wait for spec.approval.plan: {held['plan']['digest']}" in message(held)


def test_a_plan_of_setup_mode_says_how_to_go_live(district: SimulatedDistrict, folder: Path) -> None:
    write(folder / "integration.yaml", integration(district, live=False))
    planned = statuses(run("--file", folder, "--plan-only"))["springfield"]
    assert ready(planned) == "SetupMode"
    assert "set spec.live to true" in message(planned)


@pytest.mark.parametrize(
    "spec",
    [
        {"live": False, "schools": [], "courses": []},
        {"schools": [{"id": "nowhere"}]},
        {"courses": [{"code": "MA101", "ebooks": ["algebra"]}, {"code": "MA999", "ebooks": ["algebra"]}]},
    ],
)
def test_where_something_is_to_be_chosen_it_is_printed(
    district: SimulatedDistrict, folder: Path, spec: dict[str, Any]
) -> None:
    write(folder / "integration.yaml", integration(district, **spec))
    result = run("--file", folder, "--plan-only")
    assert "status.catalog" in message(statuses(result)["springfield"])
    assert statuses(result)["springfield"]["catalog"] == {"configMap": "springfield-catalog"}
    data = documents(result, "ConfigMap")["springfield-catalog"]["data"]
    assert {entry["id"] for entry in yaml.safe_load(data["schools"])} == set(district.school_ids)
    pasted = [{**entry, "ebooks": ["algebra"]} for entry in yaml.safe_load(data["courses"])]
    chosen = integration(district, schools=yaml.safe_load(data["schools"]), courses=pasted)
    write(folder / "integration.yaml", chosen)
    again = run("--file", folder, "--plan-only")
    assert again.exit_code == 0, again.output
    assert not documents(again, "ConfigMap"), "nothing is left to be chosen"


def test_a_line_of_a_course_that_lacks_its_ebooks_is_refused_in_one_line(
    district: SimulatedDistrict, folder: Path
) -> None:
    write(folder / "integration.yaml", integration(district, courses=[{"code": "MA101", "ebooks": []}]))
    refused = run("--file", folder, "--plan-only")
    assert refused.exit_code == 2
    (line,) = refused.stderr.splitlines()
    assert "spec.courses[0].ebooks" in line


@pytest.mark.parametrize(
    ("spec", "meant"),
    [
        ({"courses": [{"code": "MA1O1", "ebooks": ["algebra"]}]}, 'did you mean code "MA101"?'),
        ({"courses": [{"name": "MA101", "ebooks": ["algebra"]}]}, 'did you mean code "MA101"?'),
        ({"courses": [{"code": "MA101", "ebooks": ["algbera"]}]}, "algbera (did you mean algebra?)"),
        ({"schools": [{"identifier": "{id}"}]}, 'did you mean id "{id}"?'),
        ({"schools": [{"name": "{name}h"}]}, 'did you mean name "{name}"?'),
        ({"courses": [{"code": "ZZ", "ebooks": ["algebra"]}]}, ""),
        ({"courses": [{"code": "MA101", "ebooks": ["zoology"]}]}, ""),
    ],
    ids=str,
)
def test_what_was_meant_is_asked(district: SimulatedDistrict, folder: Path, spec: dict[str, Any], meant: str) -> None:
    write(folder / "integration.yaml", integration(district, live=False, schools=[], courses=[]))
    offered = documents(run("--file", folder, "--plan-only"), "ConfigMap")["springfield-catalog"]["data"]["schools"]
    known = {"{id}": district.school_ids[0], "{name}": offered.splitlines()[0].partition(" # ")[2].partition(";")[0]}
    filled = yaml.safe_dump(spec)
    for variable, value in known.items():
        filled, meant = filled.replace(variable, value), meant.replace(variable, value)
    write(folder / "integration.yaml", integration(district, **yaml.safe_load(filled)))
    said = message(statuses(run("--file", folder, "--plan-only"))["springfield"])
    assert meant in said
    assert bool(meant) == ("did you mean" in said)


def test_a_course_that_is_not_taught_in_the_schools_is_worth_a_look(district: SimulatedDistrict, folder: Path) -> None:
    first, second = district.school_ids
    elsewhere = next(
        code
        for code in (f"MA10{number}" for number in range(1, 8))
        if district.classes_of(second, code) and not district.classes_of(first, code)
    )
    taught = next(f"MA10{number}" for number in range(1, 8) if district.classes_of(first, f"MA10{number}"))
    courses = [{"code": code, "ebooks": ["algebra"]} for code in (taught, elsewhere)]
    write(folder / "integration.yaml", integration(district, courses=courses, schools=[{"id": first}]))
    status = statuses(run("--file", folder, "--plan-only"))["springfield"]
    assert check(status, "CoursesWithoutClasses") == ("Warn", 1)
    (item,) = (item for item in status["checklist"] if item["name"] == "CoursesWithoutClasses")
    assert f'code "{elsewhere}"' in item["message"]
    write(folder / "integration.yaml", integration(district, courses=courses[:1], schools=[{"id": first}]))
    status = statuses(run("--file", folder, "--plan-only"))["springfield"]
    assert "CoursesWithoutClasses" not in {item["name"] for item in status["checklist"]}


def test_a_roster_that_gives_nobody_a_license_is_worth_a_look(district: SimulatedDistrict, folder: Path) -> None:
    write(folder / "ebooks.yaml", {**EBOOK, "spec": {"title": "Algebra", "editions": ["Teacher"]}})
    with SimulatedDistrict(students=30, schools=1, seed=3) as other:
        for teacher in [f"T100000{number}" for number in range(1, 10)]:
            try:
                other.change(f"teaching-ends:{teacher}")
            except ValueError:
                break
        write(folder / "integration.yaml", integration(other))
        status = statuses(run("--file", folder, "--plan-only"))["springfield"]
    assert status["plan"]["grants"] == 0
    assert check(status, "Licenses") == ("Warn", 0)
    write(folder / "integration.yaml", integration(district))
    status = statuses(run("--file", folder, "--plan-only"))["springfield"]
    assert "Licenses" not in {item["name"] for item in status["checklist"]}
