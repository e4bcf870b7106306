"""What every page asks that changes something: why, and whether what was shown is still meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeVar

from roster_operator.errors import InputError
from roster_operator.kube.errors import Conflict, Forbidden, Invalid
from roster_operator.messages import gettext as _
from roster_operator.operations.reason import LONGEST_REASON
from roster_operator.service.refusals import Refused

DoneT = TypeVar("DoneT")


def reason_in(sent: Mapping[str, str]) -> str:
    """Why, as somebody wrote it; raises `InputError` without one."""
    reason = " ".join(sent.get("reason", "").split())
    if not reason:
        raise InputError(_("Say why, such as the number of the ticket."))
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise InputError(_("The reason must be one line of at most {number} characters.", number=LONGEST_REASON))
    return reason


async def as_themselves(change: Callable[[], Awaitable[DoneT]], needs: str) -> DoneT:
    """A change by somebody's own rights; `needs`: the permission that it takes. Raises `Refused` if that is lacking."""
    try:
        return await change()
    except Forbidden:
        raise Refused(
            HTTPStatus.FORBIDDEN,
            _(
                "The cluster does not let you do this, and nothing was changed. Platform: it takes the permission to "
                "{needs}, and the console's account must be let act as people (console.apply).",
                needs=needs,
            ),
        ) from None
    except Conflict:
        raise Refused(HTTPStatus.CONFLICT, _("Somebody changed it at the same moment. Look at it again.")) from None
    except Invalid as error:
        raise Refused(
            HTTPStatus.BAD_REQUEST, _("The cluster refuses it, and nothing was changed: {error}", error=str(error))
        ) from None
