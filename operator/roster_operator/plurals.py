"""Counts in messages: `1 license`, `2 licenses`."""

from __future__ import annotations

import re
from typing import Final

_ENDINGS: Final = re.compile(r"\[(?:([^]|]*)\|)?([^]]*)\]")


def counted(number: int, what: str) -> str:
    """`number`, and `what` as it is said of so many: `license[s]`, `[person fits|persons fit] two accounts`.

    In brackets stands what only one has and what several have; what only several have needs no bar.
    """
    return f"{number} {_ENDINGS.sub(lambda match: (match[1] or '') if number == 1 else match[2], what)}"
