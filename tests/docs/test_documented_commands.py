"""Commands, options and exit codes in the documentation are those that there are."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from tests.docs.pages import PAGES, blocks, name, rows, section, text_of

from district_simulator.cli import main as simulator
from roster_operator.cli import run as run_module
from roster_operator.cli import sync as sync_module
from roster_operator.cli.main import COMMAND_MODULES, load_command

OLDER = {"run": run_module.run, "sync": sync_module.sync}
ANSWERING = {name: load_command(name) for name in COMMAND_MODULES if ".verbs." in COMMAND_MODULES[name]}
COMMANDS = {**OLDER, **ANSWERING}
PAGE = text_of("docs/reference/command-line.md")


def options(command: click.Command) -> list[click.Option]:
    commands = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    return [parameter for each in commands for parameter in each.params if isinstance(parameter, click.Option)]


def spellings(command: click.Command) -> set[str]:
    return {text for option in options(command) for text in (*option.opts, *option.secondary_opts)}


def targets() -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+):.*?## (.+)$", text_of("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shell = "\n".join(block.text for block in blocks(text) if block.language in {"sh", "console", "bash"})
    named = re.findall(r"`make ([a-z0-9-]+)", text) + re.findall(r"^(?:\$ )?make ([a-z0-9-]+)", shell, re.MULTILINE)

    assert set(named) <= targets().keys()


def test_the_readme_names_the_two_commands_first_and_every_target_in_the_end() -> None:
    text = text_of("README.md")
    (first,) = [block for block in blocks(section(text, "Two commands")) if block.language == "sh"]

    assert [line.partition("#")[0].strip() for line in first.text.splitlines()] == ["make demo", "make test"]
    assert {f"make {target}" for target in targets().keys() - {"help"}} <= set(re.findall(r"`(make [a-z0-9-]+)`", text))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_option_in_a_command_line_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lines = "\n".join(block.text.replace("\\\n", " ") for block in blocks(text)).splitlines()
    lines += re.findall(r"`([^`\n]+)`", text)
    for line in lines:
        for words in re.findall(rf"(?:roster-operator|kubectl roster) ({'|'.join(COMMANDS)})\b([^|#]*)", line):
            used = set(re.findall(r"(?<=\s)(--?[A-Za-z][-a-z]*)", words[1]))
            assert used <= {*spellings(COMMANDS[words[0]]), "--help"}, line
        for words in re.findall(r"-m district_simulator\b([^|#]*)", line):
            used = set(re.findall(r"(?<=\s)(--?[a-z][-a-z]*)", words))
            assert used <= {*spellings(simulator), "--help"}, line


@pytest.mark.parametrize("option", options(COMMANDS["run"]), ids=lambda option: option.opts[0])
def test_every_setting_of_the_controller_is_described(option: click.Option) -> None:
    context = click.Context(COMMANDS["run"], auto_envvar_prefix="ROSTER_OPERATOR")
    assert option.name is not None
    variable = option.envvar or f"ROSTER_OPERATOR_{option.name.upper()}"
    (row,) = [row for row in rows(section(PAGE, "roster-operator run")) if f"`{option.opts[0]}`" in row[0]]
    default = option.get_default(context)

    assert row[1] == f"`{variable}`"
    if option.show_default:
        assert row[2] == f"`{str(default).lower() if isinstance(default, bool) else default}`"
    assert len(row[3]) > 10


def test_no_setting_is_described_that_there_is_not() -> None:
    described = {
        word for row in rows(section(PAGE, "roster-operator run")) for word in re.findall(r"--[a-z-]+", row[0])
    }

    assert described == {text for text in spellings(COMMANDS["run"]) if text not in {"-h", "--help"}}


def test_every_option_of_sync_is_described() -> None:
    described = {
        word for row in rows(section(PAGE, "roster-operator sync")) for word in re.findall(r"`(--?[a-z-]+)`", row[0])
    }

    assert described == spellings(COMMANDS["sync"]) - {"-h", "--help"}


@pytest.mark.parametrize("verb", ANSWERING)
def test_every_option_of_a_command_that_answers_is_described(verb: str) -> None:
    def described(title: str) -> set[str]:
        return {word for row in rows(section(PAGE, title)) for word in re.findall(r"`(--?[A-Za-z-]+)`", row[0])}

    own, shared = described(f"roster-operator {verb}"), described("Commands that answer")

    assert own <= spellings(ANSWERING[verb])
    assert spellings(ANSWERING[verb]) - {"-h", "--help"} <= own | shared


def test_the_exit_codes_are_those_of_the_program() -> None:
    codes = {row[0]: row[1] for row in rows(section(PAGE, "roster-operator sync")) if row[0].isdigit()}

    assert codes.keys() == {
        str(code)
        for code in (
            sync_module.EXIT_SYNCED,
            sync_module.EXIT_FAILED,
            sync_module.EXIT_WRONG_INPUT,
            sync_module.EXIT_HELD_OR_INCOMPLETE,
        )
    }
    assert "held" in codes[str(sync_module.EXIT_HELD_OR_INCOMPLETE)]
    assert "wrong" in codes[str(sync_module.EXIT_WRONG_INPUT)]
    assert f"{run_module.EXIT_FAILED} if something ended it" in section(PAGE, "roster-operator run")
    assert f"{run_module.EXIT_WRONG_INPUT} for wrong options" in section(PAGE, "roster-operator run")


def test_credentials_from_the_environment_are_called_by_their_names() -> None:
    for variable in ("ROSTER_CLIENT_ID", "ROSTER_CLIENT_SECRET", "ROSTER_TOKEN", "ROSTER_HOST"):
        assert f"`{variable}`" in PAGE
        assert variable in (COMMANDS["sync"].help or "")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_namespace_is_made_before_a_secret_is_put_into_it(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        before, creates, _ = block.text.partition("create secret")
        assert not creates or "kubectl create namespace" in before, block.text
