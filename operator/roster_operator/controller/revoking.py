"""How many licenses a deletion may end: as many as a sync may remove without approval, or as a person agreed to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from roster_operator.api import names
from roster_operator.api.v1alpha1 import RemovalGuard

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_ALL: Final = 100
"""Percent."""


def may_end(body: Mapping[str, Any]) -> int | None:
    """Of a resource that is being deleted with `deletionPolicy: Revoke`; None: all.

    A deletion ends every license of the district: that is more than the guard allows, unless they are no more than its
    floor. A number in the annotation is a ceiling, so that it is spent by what it was meant for.
    """
    guard = {**RemovalGuard().to_wire(), **((body.get("spec") or {}).get("guard") or {})}
    if guard["districtPercent"] >= _ALL:
        return None
    agreed = (body["metadata"].get("annotations") or {}).get(names.REVOKE_AT_MOST_ANNOTATION) or ""
    return max(int(guard["floor"]), int(agreed) if _NUMBER.fullmatch(agreed) else 0)
