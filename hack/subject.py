"""Checks the subject of a commit, as a hook of pre-commit: `python -m hack.subject FILE`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

LONGEST: Final = 72
_SUBJECT: Final = re.compile(r"[a-z][a-z0-9 .,/-]*: \S.*[^.]")
_OF_GIT: Final = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")


def fault(message: str) -> str:
    """What is wrong with the subject of a message; empty if nothing is."""
    subject = message.partition("\n")[0]
    if subject.startswith(_OF_GIT):
        return ""
    if not _SUBJECT.fullmatch(subject):
        return f"'{subject}': write 'area: what changes', such as 'ledger: keep runs for a year', without a full stop"
    if len(subject) > LONGEST:
        return f"'{subject}': it has {len(subject)} characters; at most {LONGEST} are shown everywhere"
    return ""


if __name__ == "__main__":
    sys.exit(fault(Path(sys.argv[1]).read_text(encoding="utf-8")) or 0)
