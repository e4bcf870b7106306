"""How a spec names things of the SIS."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from roster_operator.api import names
from roster_operator.api.rules import Shaped

Selector = Annotated[
    str, Field(min_length=1, max_length=128), Shaped(r"^\s*\S.*$", "must be one line that holds more than blanks")
]
"""An id, a code or a name, as the SIS has it."""
EBookName = Annotated[
    str,
    Field(min_length=1, max_length=63),
    Shaped(names.NAME_PATTERN, "must be the name of an EBook (lower case letters, digits, -): see kubectl get ebooks"),
]
