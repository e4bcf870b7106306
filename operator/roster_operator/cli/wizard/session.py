"""One run of the wizard with a person: it begins, or goes on where they left, or changes a district that there is."""

from __future__ import annotations

import re

from roster_operator.api import names
from roster_operator.cli import asking
from roster_operator.cli.wizard import outcome
from roster_operator.cli.wizard.asking import Asker, Leave, Terminal, say
from roster_operator.cli.wizard.conversation import Around, Conversation
from roster_operator.cli.wizard.options import Options
from roster_operator.cli.wizard.saved import Saved, SavedFiles
from roster_operator.cli.wizard.start import Start
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.connection import Opening
from roster_operator.operations.wizard.draft import begin, draft_of


def run(options: Options) -> int:
    """Ask, and hand over; the exit code. Raises `RosterOperatorError`."""
    outcome.check(options)
    asker = Terminal()
    start = Start(options)
    files = SavedFiles(options.state)
    try:
        name = options.district or asker.text(
            "Name of the district's resource, such as springfield:", "", _name_problem
        )
        return _about(DistrictName(name, start.namespace), options, asker, start, files)
    except Leave:
        return asking.EXIT_WAITS


def _about(district: DistrictName, options: Options, asker: Asker, start: Start, files: SavedFiles) -> int:
    saved, existing = files.find(district), start.existing(district)
    base = draft_of(existing).spec if existing is not None else None
    if saved is not None and saved.base != base:
        say(f"{district} has been changed since you left. What is there now counts.", color="yellow")
        saved = None
    if saved is not None:
        say(f"Going on where you left {district}.")
    elif existing is not None:
        say(f"{district} is there already: you can change any setting.")
    with start.environment() as environment:
        around = Around(
            asker=asker,
            opening=Opening(environment.open_source, environment.clock),
            environment=environment,
            ebooks=start.ebooks,
            keep=files.keep,
            compared=bool(options.ledger_url),
            known=start.known_credentials,
        )
        begun = saved or Saved(draft_of(existing) if existing is not None else begin(district), base=base)
        conversation = Conversation(around, begun)
        try:
            changed = saved is not None or existing is None or conversation.change()
            while changed:
                conversation.run()
                changed = existing is not None and conversation.change()
            if conversation.saved == begun and saved is None:
                return asking.EXIT_DONE
            held = conversation.saved
            result = outcome.Result(held.draft, held.base, held.offer, held.secret_due, conversation.credentials)
            if outcome.hand_over(options, result, asker):
                files.drop(district)
        except (Leave, KeyboardInterrupt):
            say()
            say(f"Kept, but for the secret. Go on with: kubectl roster wizard {district.name} -n {district.namespace}")
            files.keep(conversation.saved)
            return asking.EXIT_WAITS
    return asking.EXIT_DONE


def _name_problem(name: str) -> str:
    sound = re.fullmatch(names.NAME_PATTERN, name) is not None and len(name) <= names.NAME_LIMIT
    return "" if sound else "It holds lower case letters, digits and - only, such as springfield."
