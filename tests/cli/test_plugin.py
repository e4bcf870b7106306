"""kubectl asks `kubectl_complete-roster` what may come next, and gets it in the words of its own library."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from roster_operator.cli import plugin
from roster_operator.cli.main import cli


def proposed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    monkeypatch.setattr(sys, "argv", ["kubectl_complete-roster", *words])
    plugin.complete()
    return capsys.readouterr().out.splitlines()


def test_commands_options_and_choices_are_proposed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    *commands, directive = proposed(monkeypatch, capsys, "st")
    assert [line.partition("\t")[0] for line in commands] == ["status"]
    assert directive == ":4"
    assert "--ledger\tsqlite:///PATH or postgresql://..." in proposed(monkeypatch, capsys, "history", "x", "--l")
    assert proposed(monkeypatch, capsys, "status", "x", "--output", "") == ["table", "json", "yaml", ":4"]
    assert proposed(monkeypatch, capsys, "status", "x", "--kubeconfig", "") == [":0"]


def test_every_command_helps_with_an_example() -> None:
    for name in cli.list_commands(None):  # type: ignore[arg-type]  # it looks at no context
        if name in {"run", "sync", "districts", "transfer"}:
            continue
        told = CliRunner().invoke(cli, [name, "--help"]).stdout
        assert "Examples:" in told
        assert f" {name} " in told.partition("Examples:")[2]
