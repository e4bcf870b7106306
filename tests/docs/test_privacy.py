"""The privacy page names every column of the ledger once: as one about a person, or as one about nobody."""

from __future__ import annotations

import re

from tests.docs.pages import rows, section, text_of

from roster_operator.cli.main import COMMAND_MODULES
from roster_operator.ledger.schema import metadata

PAGE = text_of("docs/reference/privacy.md")


def about_people() -> list[str]:
    found = rows(section(PAGE, "Every field about a person"))
    return [field for row in found for field in re.findall(r"`(\w+\.\w+)`", row[0])]


def about_nobody() -> list[str]:
    return [
        f"{row[0].strip('`')}.{field}"
        for row in rows(section(PAGE, "Fields that are about no person"))
        for field in re.findall(r"`(\w+)`", row[1])
    ]


def test_every_column_of_the_ledger_is_on_the_page_once() -> None:
    named = sorted(about_people() + about_nobody())
    assert named == sorted(f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.c)


def test_what_tells_who_somebody_is_is_about_people() -> None:
    telling = {"sourced_id", "username", "username_key", "email", "email_key", "identifier", "account_id", "person"}
    assert [field for field in about_nobody() if field.partition(".")[2] in telling] == []


def test_each_field_has_a_purpose_a_source_and_an_end() -> None:
    for row in rows(section(PAGE, "Every field about a person")):
        if row[0].startswith("`"):
            assert all(len(cell) > 5 for cell in row[1:]), row


def test_the_commands_that_it_names_are_there() -> None:
    named = set(
        re.findall(r"`(?:roster-operator )?([a-z]+)(?: --person| DISTRICT[^`]*)?`", section(PAGE, "Who may see it"))
    )
    assert named <= COMMAND_MODULES.keys()
