"""What a form of the wizard has sent, as answers: credentials and a draft of the first page, eBooks of the fourth."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from roster_operator.api import names
from roster_operator.api.v1alpha1 import SourceType
from roster_operator.console.views.wizard_books import MOST_BOOKS
from roster_operator.errors import InputError
from roster_operator.messages import gettext as _
from roster_operator.operations.wizard.draft import Draft, with_source
from roster_operator.operations.wizard.saved import Entered, Saved
from roster_operator.operations.wizard.systems import System, recognized, systems
from roster_operator.roster.time_zone import time_zone

_TYPED: Final = ("url", "system", "key", "zone", names.SECRET_KNOWN_HOSTS, names.SECRET_CA)
"""What is shown again; the secret and a private key are not."""
_FURTHER: Final = re.compile(r"spec\.source\.(tokenURL|scope|applicationID|auth|version)\b")
"""Settings that few districts need, and that are asked for only if a message names them."""
_FILES: Final = (names.SECRET_PRIVATE_KEY, names.SECRET_KNOWN_HOSTS)
_LONGEST: Final = 2_000
"""Characters of a URL or a key."""


def typed_in(sent: Mapping[str, str]) -> dict[str, str]:
    """What may be shown again."""
    return {name: value for name, value in sent.items() if name in _TYPED or name.startswith("source.")}


def typed_before(saved: Saved) -> dict[str, str]:
    """The same of a district that was answered for."""
    source, zone = saved.draft.source, saved.draft.spec.get("timeZone", "")
    kind = str(source.get("type", SourceType.ONE_ROSTER))
    vendor = str(source.get("vendor", "Generic")) if kind == SourceType.ONE_ROSTER else "Generic"
    system = f"{kind}/{vendor}" if source else ""
    return {"url": str(source.get("baseURL", "")), "system": system, "key": saved.client_id, "zone": str(zone or "")}


def asked_further(typed: Mapping[str, str], problem: str, *, by_certificate: bool) -> tuple[str, ...]:
    """Which further fields the first page has, by what was typed and by what went wrong."""
    files = _FILES if typed.get("url", "").lower().startswith("sftp://") else ()
    certificate = (names.SECRET_CA,) if by_certificate or typed.get(names.SECRET_CA) else ()
    given = [name.removeprefix("source.") for name, value in typed.items() if name.startswith("source.") and value]
    return (*files, *certificate, *dict.fromkeys([*given, *_FURTHER.findall(problem)]))


def connection_in(draft: Draft, sent: Mapping[str, str]) -> tuple[Draft, Entered]:
    """The draft with the connection, and the credentials; raises `InputError` for what is missing."""
    url, key, secret = (sent.get(name, "").strip() for name in ("url", "key", "secret"))
    if "://" not in url or len(url) > _LONGEST or not url.isprintable():
        raise InputError(
            _("The URL is needed, as the SIS shows it. It begins with https://; files: sftp:// or https://.")
        )
    if url.lower().startswith("file://"):
        raise InputError(_("Files of a volume are set up by the Platform engineer. Name https:// or sftp:// here."))
    system, zone = _system(sent.get("system", ""), url), sent.get("zone", "").strip()
    time_zone(zone)
    application = key if system.by_token else ""
    made = with_source(draft, system, url, application_id=application)
    further = {
        name.removeprefix("source."): value.strip() for name, value in sent.items() if name.startswith("source.")
    }
    known = {name: value for name, value in further.items() if value and _FURTHER.fullmatch(f"spec.source.{name}")}
    made = replace(made, spec={**made.spec, "source": {**made.source, **known}, "timeZone": zone})
    if not secret and not sent.get(names.SECRET_PRIVATE_KEY):
        raise InputError(
            _("The {secret} is needed. It is kept nowhere, so enter it each time you try.", secret=system.words.secret)
        )
    given = {names.SECRET_TOKEN: secret} if system.by_token else {"clientID": key, "clientSecret": secret}
    more = {name: sent.get(name, "").strip() for name in (*_FILES, names.SECRET_CA)}
    return made, Entered({name: value for name, value in {**given, **more}.items() if value})


def books_in(sent: Mapping[str, str], known: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """By the key of a course, the eBooks that were chosen of it; of `known` courses alone."""
    found: dict[str, tuple[str, ...]] = {}
    for name, key in sent.items():
        if name.startswith("course-") and key in known:
            index = name.removeprefix("course-")
            books = (sent.get(f"book-{index}-{slot}", "") for slot in range(MOST_BOOKS))
            found[key] = tuple(dict.fromkeys(filter(None, books)))
    return found


def another_in(sent: Mapping[str, str], books: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many eBooks can be chosen, of the course of which another one is asked for."""
    key = sent.get(f"course-{sent.get('another', '')}", "")
    shown = sum(1 for slot in range(MOST_BOOKS) if f"book-{sent.get('another', '')}-{slot}" in sent)
    return {key: min(max(shown, len(books[key])) + 1, MOST_BOOKS)} if key in books else {}


def _system(chosen: str, url: str) -> System:
    if not chosen:
        return recognized(url)
    for each in systems():
        if "/".join(each.key) == chosen:
            return each
    raise InputError(_("There is no such system. Choose one of the list."))
