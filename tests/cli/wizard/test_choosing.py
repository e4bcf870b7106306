"""Several of many: what a search shows, and what keys do to what is chosen."""

from __future__ import annotations

from roster_operator.cli.wizard.choosing import Choosing
from roster_operator.cli.wizard.questions import Option

SCHOOLS = [
    Option("994", "Middle School 1", detail="21 classes"),
    Option("995", "High School 2", chosen=True),
    Option("996", "Escuela Señor Peña"),
    Option("997", "High School 20"),
]


def titles(choosing: Choosing) -> list[str]:
    return [option.title for option in choosing.shown]


def values(choosing: Choosing) -> list[str]:
    return list(choosing.chosen)


def test_a_search_needs_no_blanks_no_accents_and_no_capitals_and_finds_ids_too() -> None:
    choosing = Choosing(SCHOOLS)
    choosing.look_for("highschool2")
    assert titles(choosing) == ["High School 2", "High School 20"]
    choosing.look_for("Sen")
    assert titles(choosing) == ["Escuela Señor Peña"]
    choosing.look_for("994")
    assert titles(choosing) == ["Middle School 1"]
    choosing.look_for("21")
    assert titles(choosing) == []
    choosing.toggle()
    assert values(choosing) == ["995"]


def test_all_are_those_that_are_shown_and_the_others_stay_as_they_are() -> None:
    choosing = Choosing(SCHOOLS)
    choosing.look_for("escuela")
    choosing.toggle_shown()
    assert values(choosing) == ["995", "996"]
    choosing.toggle_shown()
    assert values(choosing) == ["995"]


def test_the_cursor_goes_around_by_one_and_stops_at_the_end_by_a_page() -> None:
    choosing = Choosing(SCHOOLS)
    choosing.move(-1)
    assert choosing.at == 3
    choosing.move(1)
    assert choosing.at == 0
    choosing.move(10)
    assert choosing.at == 3
    choosing.look_for("escuela")
    assert choosing.at == 0


def test_nobody_is_finished_before_enough_are_chosen() -> None:
    choosing = Choosing(SCHOOLS[:1], at_least=1)
    assert not choosing.finished()
    assert choosing.wrong == "Choose at least one: move to it, and press Space."
    choosing.toggle()
    assert choosing.finished()
    assert not choosing.wrong
