"""Esc goes back a question and loses no answer; a plan stands before every live district."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.cli.wizard.conftest import EBOOKS, KEY, SECRET, Start, choose, connect
from tests.support.terminal import CTRL_C, DOWN, ENTER, ESCAPE, SPACE, UP

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.manifests import load

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def large() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=1000, schools=100, mathematics_courses=99, seed=1, vendor="Aeries") as district:
        yield district


def test_whoever_goes_back_finds_the_answers_that_were_given(district: SimulatedDistrict, start: Start) -> None:
    program = start("--file", EBOOKS)
    program.answer("URL of your OneRoster API server:", "https://mistyped.example")
    program.wait_for("Which system is it?")
    program.press(ESCAPE)
    program.answer("URL of your OneRoster API server: https://mistyped.example", "\x15", district.base_url)
    program.answer("Aeries (OneRoster): a guess, by the URL")
    program.answer("Consumer ID (public key):", KEY)
    program.answer("Consumer Secret Key:", SECRET)
    choose(program)
    program.wait_for("guessed by title")
    program.wait_for("Are these the right eBooks?")
    program.press(ESCAPE)
    program.wait_for("Courses: 2 chosen")
    program.press(ESCAPE)
    program.wait_for("Schools: 2 chosen")
    program.press(ENTER)
    program.answer("Courses: 2 chosen")
    program.answer("Are these the right eBooks?")
    program.answer("What now?")
    program.wait_for("By the plan above, it would grant 24 licenses and remove what the roster does not confirm.")
    program.wait_for("Remain in setup mode first")
    program.answer("Enable automated rostering?")
    program.wait_for("What becomes of it?")
    program.press(ESCAPE)
    program.answer("Enable automated rostering?")
    program.answer("What becomes of it?", UP)
    program.wait_for("live: false")
    assert program.end() == 0


def test_a_setting_that_was_chosen_by_mistake_is_left_as_it_is(
    district: SimulatedDistrict, start: Start, tmp_path: Path
) -> None:
    source = {"vendor": "Aeries", "baseURL": district.base_url, "secretRef": {"name": "mine"}}
    body = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "RosterIntegration", "spec": {"source": source}}
    path = tmp_path / "springfield.yaml"
    path.write_text(before := yaml.safe_dump({**body, "metadata": {"name": "springfield", "namespace": "west"}}))
    program = start("--file", EBOOKS, "--file", path)
    program.answer("What do you want to change?")
    program.wait_for("URL of your OneRoster API server:")
    program.press(ESCAPE)
    program.answer("What do you want to change?", UP)
    assert program.end() == 0
    assert path.read_text() == before


def test_of_many_schools_and_courses_a_few_are_found_and_the_rest_is_left_out(
    large: SimulatedDistrict, start: Start, tmp_path: Path
) -> None:
    program = start("--file", EBOOKS, "--folder", tmp_path / "out", "--secret", "none")
    connect(program, large.base_url)
    program.answer("Time zone of the district:")
    program.answer("Schools: 0 chosen", "school100", SPACE, ENTER)
    program.wait_for("Courses: 0 chosen")
    program.press("mathematics", "\x01")
    program.wait_for("99 chosen")
    program.press("9", ENTER)
    program.wait_for("No title or number tells of an eBook.")
    program.press(ENTER)
    program.answer("(1 of 99): 0 chosen", "geometry", SPACE)
    program.wait_for("(2 of 99): 0 chosen")
    program.press(CTRL_C)
    assert program.end() == 3

    again = start("--file", EBOOKS, "--folder", tmp_path / "out", "--secret", "none")
    again.wait_for("Core Connections Geometry   chosen")
    again.wait_for("and 93 more.")
    again.answer("Are these the right eBooks?", DOWN)
    again.answer("Consumer ID (public key):")
    again.answer("Consumer Secret Key:", SECRET)
    again.answer("What now?")
    again.answer("Enable automated rostering?")
    assert again.end() == 0
    spec = load([str(tmp_path / "out")]).integrations[0].spec
    assert [school.id for school in spec.schools] == ["1093"]
    assert [course.ebooks for course in spec.courses] == [("core-connections-geometry",)]


def test_a_year_without_classes_is_told_and_tried_again(district: SimulatedDistrict, start: Start) -> None:
    program = start("--file", EBOOKS)
    connect(program, district.base_url)
    district.fault("empty-school-year")
    program.answer("Time zone of the district:")
    told = program.wait_for("What now?")
    district.clear_faults()
    assert "✘ The SIS shares the section classes, but it holds nothing." in told
    assert "District: check that the current school year is filled" in told
    program.press(ENTER)
    program.wait_for("Schools: 0 chosen")


def test_a_district_whose_checklist_fails_remains_in_setup_mode(district: SimulatedDistrict, start: Start) -> None:
    program = start("--file", EBOOKS)
    connect(program, district.base_url)
    choose(program)
    district.fault("bad-rows=shared-emails,every=12,on=students")
    program.answer("Are these the right eBooks?")
    told = program.wait_for("What now?")
    district.clear_faults()
    assert "✘ Matching: " in told
    program.press(ENTER)
    program.wait_for("It cannot be enabled while the checklist fails: Matching.")
    program.wait_for("No: remain in setup mode")
    program.press(ENTER)
    program.wait_for("What becomes of it?")
    assert "Yes: enable automated rostering" not in program.shown
