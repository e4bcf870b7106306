"""Districts that were written into the ledger before they went live, recognised though written otherwise.

People copy URLs. `HTTPS://SIS.example.org:443/aeries/` is `sis.example.org/aeries`; a district that is not recognised
would make a second account for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, Select, func

from roster_operator.errors import DistrictConflict
from roster_operator.ledger.schema import districts
from roster_operator.licensing.models import Claim

_SCHEME: Final = re.compile(r"^([a-z][a-z0-9+.-]*)://")
_ENDPOINT: Final = re.compile(r"/(ims(/oneroster(/.*)?)?|oneroster/.*|learningdata/v1(/.*)?)?$", re.IGNORECASE)
_PORT: Final = re.compile(r"^([^/:]+):\d*(?=/|$)")
_USUAL_PORTS: Final = {"": (":443", ":80"), "https": (":443",), "http": (":80",), "sftp": (":22",)}
_BY_NAME: Final = "district:"
_SAME: Final = 1


def find(connection: Connection, claim: Claim, query: Select[Any]) -> Any:
    """The row that `query` gives of the district of `claim`, never live and held by nobody; None if there is none.

    Raises `DistrictConflict` if one may be it, or several.
    """
    host = _loosely(claim.source).partition("/")[0]
    imported = (
        districts.c.owner.is_(None)
        & districts.c.live_since.is_(None)
        & (districts.c.version == 0)
        & (districts.c.namespace.is_(None) | (districts.c.namespace == claim.namespace))
        & func.lower(districts.c.source).contains(host, autoescape=True)
    )
    rows = connection.execute(query.where(imported)).all()
    like = [row for row in rows if _loosely(row.source) == _loosely(claim.source)]
    same = [row for row in _same(like, claim) if not claim.source.startswith(_BY_NAME)]
    if len(like) == _SAME and same:
        return same[0]
    if like:
        raise DistrictConflict(
            f"Accounts from before are in the ledger under a source that is almost {claim.source}: only the port, "
            "upper and lower case, or the word district: differ, or there are several. Platform: write exactly "
            f"{claim.source} into districts.source of the right one. Publisher: if it is another district, set "
            "spec.district here."
        )
    return None


def _same(rows: Iterable[Any], claim: Claim) -> list[Any]:
    return [row for row in rows if _exactly(row.source) == _exactly(claim.source)]


def _exactly(source: str) -> str:
    """Host and path as a claim has them: without scheme, usual port, end point and slash at the end."""
    text = source.strip()
    scheme = match[1] if (match := _SCHEME.match(text.lower())) else ""
    host, slash, path = text[len(scheme) + 3 if scheme else 0 :].partition("/")
    host = host.lower()
    for port in _USUAL_PORTS.get(scheme, ()):
        host = host.removesuffix(port)
    return _ENDPOINT.sub("", f"{host}{slash}{path}".rstrip("/")).rstrip("/")


def _loosely(source: str) -> str:
    """What is left if case, port, and how a name is told from a place, count for nothing."""
    return _PORT.sub(r"\1", _exactly(source.strip().lower().removeprefix(_BY_NAME)))
