"""One run of the wizard with a person: it begins, or goes on where they left, or changes a district that there is."""

from __future__ import annotations

import re
from typing import Final

from roster_operator.api import names
from roster_operator.cli import asking
from roster_operator.cli.wizard import outcome
from roster_operator.cli.wizard.asking import Terminal, say
from roster_operator.cli.wizard.conversation import Around, Conversation
from roster_operator.cli.wizard.options import Options
from roster_operator.cli.wizard.questions import Asker, Back, Leave, first
from roster_operator.cli.wizard.saved import SavedFiles
from roster_operator.cli.wizard.start import Start
from roster_operator.errors import RosterOperatorError
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.connection import Opening
from roster_operator.operations.wizard.draft import Step, begin, draft_of
from roster_operator.operations.wizard.saved import Saved

_KEPT: Final = "All but the secret is kept. Go on with the same command."


def run(options: Options) -> int:
    """Ask, and hand over; the exit code. Raises `RosterOperatorError`."""
    outcome.check(options)
    asker = Terminal()
    start = Start(options)
    files = SavedFiles(options.state)
    try:
        question = "Name of the district's resource, such as springfield:"
        name = options.district or first(lambda: asker.text(question, "", _name_problem))
        return _about(DistrictName(name, start.namespace), options, asker, start, files)
    except Leave:
        return asking.EXIT_WAITS


def _about(district: DistrictName, options: Options, asker: Asker, start: Start, files: SavedFiles) -> int:
    say("Esc goes back, Ctrl-C leaves. All but the secret is kept until you come back.")
    saved, existing = files.find(district), start.existing(district)
    base = draft_of(existing).spec if existing is not None else None
    if saved is not None and saved.base != base:
        say(f"{district} has been changed since you left. What is there now counts.", color="yellow")
        saved = None
    if saved is not None:
        say(f"Going on where you left {district}.")
        saved = saved.with_draft(saved.draft.again([Step.REVIEW, Step.GO_LIVE]))
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
            return _to_the_end(options, conversation, files, anew=saved is None, existing=existing is not None)
        except (Leave, KeyboardInterrupt):
            say()
            _keep(files, conversation)
            return asking.EXIT_WAITS
        except RosterOperatorError:
            _keep(files, conversation)
            raise


def _to_the_end(options: Options, conversation: Conversation, files: SavedFiles, *, anew: bool, existing: bool) -> int:
    """Ask, and hand over; whoever goes back from there is asked again."""
    begun = conversation.saved
    changed = not (anew and existing) or conversation.change()
    while True:
        while changed:
            conversation.run()
            changed = existing and conversation.change()
        held = conversation.saved
        if held == begun and anew:
            return asking.EXIT_DONE
        result = outcome.Result(held.draft, held.base, held.offer, held.secret_due, conversation.credentials)
        try:
            if outcome.hand_over(options, result, conversation.asker):
                files.drop(DistrictName(held.draft.name, held.draft.namespace))
            else:
                say(_KEPT)
        except Back:
            conversation.last_again()
            changed = True
        else:
            return asking.EXIT_DONE


def _keep(files: SavedFiles, conversation: Conversation) -> None:
    say(_KEPT)
    files.keep(conversation.saved)


def _name_problem(name: str) -> str:
    sound = re.fullmatch(names.NAME_PATTERN, name) is not None and len(name) <= names.NAME_LIMIT
    return "" if sound else "It holds lower case letters, digits and - only, such as springfield."
