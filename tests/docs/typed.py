"""Types what a page says: SQL into psql, Python into an interpreter."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hack.postgres import installed_programs
from tests.docs.pages import Block, blocks, text_of

SOURCE = "sis.example.org/aeries"
"""The district of the pages."""


def statements(page: str) -> list[str]:
    """The blocks of SQL of a page."""
    return [block.text for block in blocks(text_of(page)) if block.language == "sql"]


def shown(page: str, language: str) -> list[Block]:
    """The blocks of a language."""
    return [block for block in blocks(text_of(page)) if block.language == language]


def psql(url: str, sql: str, *, folder: Path) -> str:
    """What psql prints for it."""
    command = [str(installed_programs() / "psql"), "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname", url]
    typed = subprocess.run(command, cwd=folder, input=sql, capture_output=True, text=True, check=False)
    assert typed.returncode == 0, typed.stderr
    return typed.stdout
