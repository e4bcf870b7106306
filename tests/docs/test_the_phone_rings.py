"""The page for the phone has one command a question, and every command on it is one that there is and answers."""

from __future__ import annotations

import re
import shlex

import click
from tests.docs.pages import blocks, rows, section, text_of

from roster_operator.cli.main import COMMAND_MODULES, load_command

PAGE = text_of("docs/support/the-phone-rings.md")


def commands() -> list[list[str]]:
    lines = [line for block in blocks(PAGE) if block.language == "sh" for line in block.text.splitlines() if line]
    return [shlex.split(line) for line in lines]


def test_each_command_can_be_typed_as_it_stands_there() -> None:
    for program, *rest in commands():
        assert program == "roster-operator" or (program, rest.pop(0)) == ("kubectl", "roster")
        verb, *words = rest
        command = load_command(verb)
        context = command.make_context(verb, list(words), resilient_parsing=True)
        assert isinstance(context, click.Context)
        command.parse_args(click.Context(command), list(words))


def test_every_question_leads_to_a_part_with_a_command() -> None:
    parts = re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE)
    named = [
        re.findall(r"\[(\d+)\]", row[1]) for row in rows(PAGE.partition("## 1.")[0]) if row[0].startswith(('"', "You"))
    ]
    assert [number for numbers in named for number in numbers] == parts
    for title in re.findall(r"^## (\d+\. .+)$", PAGE, re.MULTILINE):
        text = section(PAGE, title)
        assert "kubectl roster" in text or "roster-operator" in text or "privacy" in text or "answer above" in text, (
            title
        )


def test_it_names_no_verb_that_there_is_not() -> None:
    assert set(re.findall(r"kubectl roster ([a-z]+)", PAGE)) <= COMMAND_MODULES.keys()
