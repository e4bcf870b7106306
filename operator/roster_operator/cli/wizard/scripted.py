"""One run of the wizard with the answers of a file: nothing is asked, and what is wrong is one line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.cli import asking
from roster_operator.cli import credentials as environment
from roster_operator.cli.documents import documents_in
from roster_operator.cli.manifests import Manifests
from roster_operator.cli.wizard import outcome, tables
from roster_operator.cli.wizard.asking import say
from roster_operator.cli.wizard.options import Options
from roster_operator.cli.wizard.start import Start
from roster_operator.errors import CredentialsMissing, InputError, InvalidSpec, SourceError
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard import connection, review
from roster_operator.operations.wizard.answers import with_answers, with_proposals, without_ebooks
from roster_operator.operations.wizard.connection import Opening
from roster_operator.operations.wizard.draft import Draft, begin, connection_of, draft_of, integration_of
from roster_operator.operations.wizard.saved import Entered
from roster_operator.reconcile.failures import BAD_CREDENTIALS, failure_of


def run(options: Options, answers: Path) -> int:
    """Answer, review, and hand over; the exit code. Raises `RosterOperatorError`."""
    outcome.check(options)
    if not options.district:
        raise InputError("With --answers, name the DISTRICT: its resource is called so.")
    start = Start(options)
    district = DistrictName(options.district, start.namespace)
    existing = start.existing(district)
    draft = with_answers(draft_of(existing) if existing is not None else begin(district), _read(answers))
    try:
        return _reviewed(options, start, draft, draft_of(existing).spec if existing is not None else None)
    except SourceError as error:
        message = failure_of(error, ()).message
        if isinstance(error, BAD_CREDENTIALS):
            raise InputError(message) from None
        click.echo(f"error: {message}", err=True)
        return asking.EXIT_WAITS


def _reviewed(options: Options, start: Start, draft: Draft, base: Mapping[str, Any] | None) -> int:
    connecting = integration_of(connection_of(draft))
    entered, due = _credentials(options, start, draft, connecting)
    credentials = entered.credentials(connecting.spec.source)
    with start.environment() as effects:
        opening = Opening(effects.open_source, effects.clock)
        found = connection.connect(connecting, credentials, opening)
        if not found.ready:
            raise InputError(f"The SIS does not share: {'; '.join(found.not_shared)}")
        say("✔ The SIS accepts the credentials.", color="green")
        offer = None
        if without_ebooks(draft):
            offer = connection.offer_of(connecting, credentials, opening)
            draft = with_proposals(draft, offer, start.ebooks)
        integration = integration_of(draft)
        made = review.review(integration, credentials, start.ebooks, effects)
    if not (made.planned and made.names_found):
        raise InputError(made.message)
    tables.show_checklist(made.checklist)
    tables.show_plan(made)
    if draft.live and not made.checklist.ready and not (base or {}).get("live"):
        failing = ", ".join(made.checklist.failing)
        raise InputError(f"The checklist fails ({failing}), so this district does not go live: set live to false.")
    outcome.hand_over(options, outcome.Result(draft, base, offer, due, lambda: entered), None)
    return asking.EXIT_DONE


def _credentials(options: Options, start: Start, draft: Draft, integration: RosterIntegration) -> tuple[Entered, bool]:
    """And whether they are in no Secret yet."""
    known = start.known_credentials(draft)
    if known is not None:
        return known, False
    given = environment.given(options.hosts)
    chosen = environment.choose(integration, start.manifests or Manifests(), given)
    if isinstance(chosen, CredentialsMissing):
        raise chosen
    return Entered({key: value.decode("utf-8", "replace") for key, value in given.data.items()}), True


def _read(path: Path) -> Mapping[str, Any]:
    """The one document of a file."""
    try:
        found = list(documents_in(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError):
        raise InvalidSpec(f"{path} cannot be read as YAML.") from None
    if len(found) != 1 or not isinstance(found[0], Mapping):
        raise InvalidSpec(f"{path} must hold one block of answers: source, schools, courses, live.")
    return found[0]
