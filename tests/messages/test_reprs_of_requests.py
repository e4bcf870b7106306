"""What is asked and ordered about people is logged by its repr now and then: none tells whom it is about, or why."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

import roster_operator
from roster_operator.operations.request import Question

PERSONAL = {"person", "whom", "username", "email", "identifier", "number", "login", "account", "reason", "file", "hold"}
"""Names of fields of a request or an order that hold, or may hold, a person's data. An account's own number tells
nobody by itself, and is an `int`."""
ORDERS = ("Order", "Asked", "Newcomer")


def asked_and_ordered() -> Iterator[type]:
    for module in pkgutil.walk_packages(roster_operator.__path__, "roster_operator."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        for found in vars(importlib.import_module(module.name)).values():
            own = isinstance(found, type) and is_dataclass(found) and found.__module__ == module.name
            if own and (issubclass(found, Question) or found.__name__.endswith(ORDERS)):
                yield found


def told_by(each: Any) -> set[str]:
    """Fields that the repr has, and that may hold a person's data; one that is written by hand has none."""
    made_by_dataclass = hasattr(each.__repr__, "__wrapped__")
    return {
        field.name
        for field in fields(each)
        if made_by_dataclass and field.repr and field.name in PERSONAL and field.type not in {"int", "int | None"}
    }


@pytest.mark.parametrize("each", sorted(asked_and_ordered(), key=str), ids=str)
def test_no_request_and_no_order_shows_a_person(each: type) -> None:
    assert told_by(each) == set(), f"{each.__name__}: field(repr=False)"


def test_the_search_finds_them() -> None:
    names = {each.__name__ for each in asked_and_ordered()}
    assert {"ExplainRequest", "GrantRequest", "ImportRequest", "CleanupOrder", "DecisionOrder", "ErasureOrder"} <= names
