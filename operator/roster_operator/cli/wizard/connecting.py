"""The first step: URL, key and secret, tried at once until the SIS takes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from roster_operator.api import names
from roster_operator.cli.wizard import credentials, tables
from roster_operator.cli.wizard.asking import say
from roster_operator.cli.wizard.questions import Asker, Back, Leave, Option
from roster_operator.errors import InvalidSpec, RosterOperatorError, TLSFailed
from roster_operator.operations.wizard import connection
from roster_operator.operations.wizard.connection import Opening
from roster_operator.operations.wizard.draft import Draft, connection_of, integration_of, with_source
from roster_operator.operations.wizard.saved import Entered
from roster_operator.operations.wizard.systems import System, recognized, system_of, systems
from roster_operator.operations.wizard.words import ACCEPTED
from roster_operator.reconcile.failures import failure_of
from roster_operator.roster.time_zone import time_zone

_ZONE: Final = "America/Chicago"
_TRY, _ENTER, _CERTIFICATE, _LEAVE = "try", "enter", "certificate", "leave"
_FIELD: Final = re.compile(r"spec\.source\.(tokenURL|scope|applicationID|auth|version)\b")
"""Settings that few districts need, and that are asked for only if a message names them."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the SIS has taken."""

    draft: Draft
    entered: Entered


def ask(asker: Asker, opening: Opening, draft: Draft, client_id: str) -> Accepted:
    """Ask until the SIS accepts them and shares what is needed; `client_id`: the key that was entered before."""
    say("You need three values from your district's administrator: the URL, the key and the secret.")
    asked, entered = _asked(asker, draft, client_id)
    while True:
        say("Trying them ...")
        more = _tried(opening, asked, entered)
        try:
            if more is None:
                zone = str(asked.spec.get("timeZone") or _ZONE)
                zone = asker.text("Time zone of the district:", zone, _zone_problem)
                return Accepted(replace(asked, spec={**asked.spec, "timeZone": zone}), entered)
            answer = asker.one("What now?", more)
        except Back:
            answer = _ENTER
        if answer == _LEAVE:
            raise Leave
        if answer == _CERTIFICATE:
            pem = credentials.text_of_file(asker, "File with the certificate of the district's authority (PEM):")
            entered = Entered({**entered.data, names.SECRET_CA: pem})
        elif answer == _ENTER:
            asked, entered = _asked(asker, replace(asked, done=draft.done), entered.client_id)
        elif answer != _TRY:
            value = asker.text(f"spec.source.{answer}:", str(asked.source.get(answer, "")))
            asked = replace(asked, spec={**asked.spec, "source": {**asked.source, answer: value}})


def _tried(opening: Opening, draft: Draft, entered: Entered) -> Sequence[Option] | None:
    """What can be done about it; None if there is nothing to do."""
    answers = [
        Option(_ENTER, "Enter them again"),
        Option(_TRY, "Try the same again, now that the district has changed something"),
        Option(_LEAVE, "Leave, and come back later"),
    ]
    try:
        integration = integration_of(connection_of(draft))
        found = connection.connect(integration, entered.credentials(integration.spec.source), opening)
    except RosterOperatorError as error:
        message = failure_of(error, ()).message
        say(f"✘ {message}", color="red")
        certificate = [Option(_CERTIFICATE, "Name a file with the certificate of the district's authority")]
        fields = [Option(name, f"Set spec.source.{name}") for name in dict.fromkeys(_FIELD.findall(message))]
        return [*certificate, *answers] if isinstance(error, TLSFailed) else [answers[0], *fields, *answers[1:]]
    if found.ready:
        say(f"✔ {ACCEPTED}", color="green")
        tables.show_notices(found.notices)
        return None
    say("✔ The SIS accepts the credentials.", color="green")
    for told in found.not_shared:
        say(f"✘ Not shared: {told}", color="red")
    return [answers[1], answers[0], answers[2]]


def _asked(asker: Asker, draft: Draft, client_id: str) -> tuple[Draft, Entered]:
    """Raises `Back` from the first question; from the others, that one is asked again."""
    url = str(draft.source.get("baseURL", ""))
    while True:
        url = _as_url(asker.text("URL of your OneRoster API server:", url, _url_problem))
        with suppress(Back):
            return _signing_in(asker, draft, url, client_id)


def _signing_in(asker: Asker, draft: Draft, url: str, client_id: str) -> tuple[Draft, Entered]:
    before = draft.source
    said = str(before.get("vendor", "Generic")) if before.get("baseURL") == url else ""
    likely = system_of(str(before.get("type", "OneRoster")), said) if said else recognized(url)
    system = _system(asker, likely, guessed=not said and likely != systems()[-1])
    application = str(before.get("applicationID", ""))
    if system.by_token:
        application = asker.text(f"{system.words.key} (empty if the token is for one district):", application)
    entered = credentials.ask(asker, system, url, client_id)
    return with_source(draft, system, url, application_id=application), entered


def _system(asker: Asker, likely: System, *, guessed: bool) -> System:
    def title(system: System) -> str:
        return f"{system.title}: a guess, by the URL" if guessed and system == likely else system.title

    options = [Option("/".join(system.key), title(system)) for system in systems()]
    chosen = asker.one("Which system is it?", options, "/".join(likely.key))
    return next(system for system in systems() if "/".join(system.key) == chosen)


def _as_url(text: str) -> str:
    """Files of a volume may be named by their path."""
    return f"file://{Path(text)}" if text.startswith("/") else text


def _url_problem(url: str) -> str:
    if not url:
        return "It is needed: the URL that the SIS shows."
    if "://" in url or url.startswith("/"):
        return ""
    return "It begins with https://. Files: sftp://, or the path of a file or folder."


def _zone_problem(name: str) -> str:
    try:
        time_zone(name)
    except InvalidSpec:
        return "Write it as America/Chicago, America/New_York, America/Denver or America/Los_Angeles."
    return ""
