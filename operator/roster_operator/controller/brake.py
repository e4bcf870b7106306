"""Keeps what a sync was the answer to from calling for the next one at once.

A sync settles what called for it by the status that it leaves. Where the status does not keep that, because the CRD is
older than the operator, or because what is seen of a Secret is not what is read of it, the same cause would call again
at once and for ever. It is heard again when the next sync is due; any other cause is heard at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from roster_operator.reconcile.schedule import SKEW, Due, ScheduleInput

_Causes = tuple[object, ...]


class Brake:
    """What was answered and still calls, by the UID of its resource."""

    def __init__(self) -> None:
        """Nothing was answered yet."""
        self._answered: dict[str, tuple[_Causes, datetime, datetime]] = {}

    def note(self, before: ScheduleInput, after: ScheduleInput, *, now: datetime, until: datetime) -> bool:
        """A sync for `before` left `after`, and is due again; whether the same cause is to be put off until then."""
        if _causes(after) not in (_causes(before), _causes(replace(before, external_trigger=None))):
            return False
        self._answered[after.uid] = (_causes(after), now, until)
        return True

    def applied(self, decision: Due, standing: ScheduleInput, now: datetime) -> Due:
        """The decision, put off if its cause was answered, unless a clock that was ahead is right again."""
        causes, since, until = self._answered.get(standing.uid, ((), now, now))
        put_off = since - SKEW <= now < until and causes == _causes(standing)
        return Due(decision.trigger, until) if put_off else decision

    def release(self, uid: str) -> None:
        """The resource is gone, or a sync settled what called for it."""
        self._answered.pop(uid, None)


def _causes(standing: ScheduleInput) -> _Causes:
    """What can call for a sync, but for the time."""
    return standing.generation, standing.requested_at, standing.secret_version, standing.external_trigger
