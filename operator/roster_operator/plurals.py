"""Counts in messages: `1 license`, `2 licenses`."""

from __future__ import annotations

import re
from typing import Final

_ENDINGS: Final = re.compile(r"\[(?:([^]|]*)\|)?([^]]*)\]")


def counted(number: int, what: str) -> str:
    """`number`, and `what` as it is said of so many: `license[s]`, `[person fits|persons fit] two accounts`.

    In brackets stands what only one has and what several have; what only several have needs no bar.
    """
    one, several = of_one_and_several(what)
    return f"{number} {one if number == 1 else several}"


def of_one_and_several(what: str) -> tuple[str, str]:
    """As it is said of one, and of several."""
    return _ENDINGS.sub(lambda match: match[1] or "", what), _ENDINGS.sub(lambda match: match[2], what)
