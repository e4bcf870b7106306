"""Which district an access token is for, at a server that keeps many behind one token (ClassLink's proxy)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec

from roster_operator.errors import InvalidSpec, SectionNotShared
from roster_operator.sources.authorization import Authorization
from roster_operator.sources.failures import Garbled, from_status, web_page
from roster_operator.sources.http import BoundedHttp
from roster_operator.sources.oneroster.urls import ApiBase
from roster_operator.sources.retries import Retrier
from roster_operator.sources.terminology import Words
from roster_operator.sources.values.text import text

_NAMED: Final = 10
_LONGEST: Final = 256


class _Application(msgspec.Struct):
    """Of what is sent, keys and tokens of districts among it, only this is decoded."""

    oneroster_application_id: str | int | None = None


class _Listing(msgspec.Struct):
    applications: list[_Application] | None = None


# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_decode_listing: Final = msgspec.json.Decoder(_Listing).decode


def find_application(
    base: ApiBase, path: str, authorization: Authorization, *, http: BoundedHttp, retrier: Retrier, words: Words
) -> str:
    """The id of the only application that the token can read.

    Raises `SectionNotShared` if there is none, and `InvalidSpec` if there are several: which one is the publisher's
    to say.
    """
    where = f"{base.origin}{path}"

    def attempt() -> list[str]:
        answer = http.get(where, where=where, auth=authorization.current())
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise authorization.rejection(answer)
        if answer.status != HTTPStatus.OK:
            raise from_status(answer.status, where, retry_after=retrier.asked_for(answer.headers), words=words)
        if answer.is_html:
            raise web_page(where, words=words)
        try:
            listed = _decode_listing(answer.body).applications or []
        except (ValueError, RecursionError):
            raise Garbled(f"{where} sent something else than a list of applications.") from None
        named = (text(application.oneroster_application_id) for application in listed)
        return [name for name in dict.fromkeys(named) if name and len(name) <= _LONGEST]

    found = retrier.call(attempt)
    if not found:
        raise SectionNotShared(
            f"{where} lists no district that this {words.token} may read. "
            f"District: {words.share('the sections of the roster')}.",
            section="the roster",
        )
    if len(found) > 1:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise InvalidSpec(
            f"The {words.token} is for {len(found)} districts. Publisher: set spec.source.applicationID to the one "
            f"that is meant, of: {', '.join(found[:_NAMED])}{more}."
        )
    return found[0]
