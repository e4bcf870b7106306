"""What can be wrong with files, in words for the person who must act. No message holds a cell of a file."""

from __future__ import annotations

from typing import Final

from roster_operator.sources.values.text import text

_LONGEST_NAME: Final = 80


class Flawed(Exception):
    """A file that cannot be read whole; becomes `Incomplete`, or the error of a probe."""

    def __init__(self, message: str) -> None:
        """`message` names the file, and the line if there is one."""
        super().__init__(message)
        self.message = message


class Renamed(Flawed):
    """A file in which a column seems to go by another name: it is there, and not understood."""


def shown(name: str) -> str:
    """The name of a file or set as a message may show it: printable and short."""
    cleaned = text(name)
    return cleaned if len(cleaned) <= _LONGEST_NAME else f"{cleaned[:_LONGEST_NAME]}..."
