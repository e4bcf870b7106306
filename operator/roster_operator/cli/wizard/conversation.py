"""The wizard's questions, in the publisher's order. After each step everything but the secret is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from roster_operator.api.v1alpha1 import EBook
from roster_operator.cli.wizard import connecting, credentials, tables
from roster_operator.cli.wizard.asking import Asker, Leave, Option, progress, say
from roster_operator.cli.wizard.credentials import Entered
from roster_operator.cli.wizard.saved import Saved
from roster_operator.errors import CredentialsMissing, InputError, RosterOperatorError, SourceError
from roster_operator.operations.wizard import choices, connection, review
from roster_operator.operations.wizard.connection import Opening
from roster_operator.operations.wizard.draft import Draft, Step, connection_of, integration_of, with_live
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.proposals import proposals
from roster_operator.operations.wizard.systems import system_of
from roster_operator.reconcile.contract import Environment
from roster_operator.reconcile.failures import BAD_CREDENTIALS, failure_of

_TITLES: Final = {
    Step.CONNECTION: "Entering credentials",
    Step.SCHOOLS: "Specifying schools to be processed",
    Step.COURSES: "Specifying courses to be processed",
    Step.EBOOKS: "Assigning eBooks to courses",
    Step.REVIEW: "Checklist and plan",
    Step.GO_LIVE: "Enabling automated rostering",
}
_GO_LIVE: Final = (
    "Only enable when you are ready to go live. Once enabled, the automated rostering process will replace any "
    "existing eBook license assignments you currently have with the incoming data from your SIS."
)
_LAST: Final = (Step.REVIEW, Step.GO_LIVE)
_STALE: Final = timedelta(days=1)
"""What the SIS offers is read again after so long."""
_ON, _LEAVE, _YES, _NO = "on", "leave", "yes", "no"
_LATER: Final = Option(_LEAVE, "Leave, and come back later")


@dataclass(frozen=True, slots=True)
class Around:
    """What the conversation is held with."""

    asker: Asker
    opening: Opening
    environment: Environment
    ebooks: Mapping[str, EBook]
    keep: Callable[[Saved], None]
    """Writes down what is known."""
    compared: bool = False
    """Whether plans are compared with the licenses that there are."""
    known: Callable[[Draft], Entered | None] = lambda _draft: None
    """The credentials of the Secret that is there, if whoever asks may read it."""


class Conversation:
    """With one person about one district."""

    def __init__(self, around: Around, saved: Saved) -> None:
        """`saved`: what is known of the district already."""
        self._around = around
        self._asker = around.asker
        self.saved = saved
        self.entered: Entered | None = None
        """In this conversation."""

    def run(self) -> None:
        """All steps that were not taken; raises `Leave` if somebody leaves before the last one."""
        take = {
            Step.CONNECTION: self._connection,
            Step.SCHOOLS: self._schools,
            Step.COURSES: self._courses,
            Step.EBOOKS: self._ebooks,
            Step.REVIEW: self._review,
            Step.GO_LIVE: self._go_live,
        }
        while (step := self.saved.draft.next_step) is not None:
            say()
            say(f"Step {list(Step).index(step) + 1} of {len(Step)}: {_TITLES[step]}", bold=True)
            try:
                self._now(take[step](self.saved.draft))
            except (SourceError, CredentialsMissing) as error:
                self._cannot_go_on(error)

    def change(self) -> bool:
        """Ask which setting of a finished draft is to be changed; False if none."""
        options = [Option(step, _TITLES[step]) for step in Step if step is not Step.REVIEW]
        chosen = self._asker.one("What do you want to change?", [*options, Option(_NO, "Nothing more")])
        if chosen == _NO:
            return False
        self._now(self.saved.draft.again([Step(chosen), Step.REVIEW]))
        return True

    def credentials(self) -> Entered:
        """Those of this conversation, of the Secret that is there, or asked for again, as none is kept."""
        if self.entered is None and not self.saved.secret_due:
            self.entered = self._around.known(self.saved.draft)
        if self.entered is None:
            source = integration_of(connection_of(self.saved.draft)).spec.source
            if source.secret_ref is not None:
                say("The secret was not kept. Please enter it again.")
            system = system_of(source.type, source.vendor)
            self.entered = credentials.ask(self._asker, system, source.base_url, self.saved.client_id)
        return self.entered

    def _cannot_go_on(self, error: RosterOperatorError) -> None:
        """The SIS did not give what a step needs, though it was there before."""
        message = failure_of(error, ()).message
        say(f"✘ {message}", color="red")
        answers = [Option(_ON, "Try again"), Option(_YES, "Change: entering credentials"), _LATER]
        answer = self._asker.one("What now?", answers)
        if answer == _LEAVE:
            raise Leave
        if answer == _YES or isinstance(error, BAD_CREDENTIALS):
            self.entered = None
        if answer == _YES:
            self._now(self.saved.draft.again([Step.CONNECTION]))

    def _now(self, draft: Draft) -> None:
        self.saved = self.saved.with_draft(draft)
        self._around.keep(self.saved)

    def _connection(self, draft: Draft) -> Draft:
        found = connecting.ask(self._asker, self._around.opening, draft, self.saved.client_id)
        self.entered = found.entered
        due = bool(found.draft.source.get("secretRef"))
        self.saved = replace(self.saved, offer=None, secret_due=due, client_id=found.entered.client_id)
        return found.draft

    def _offer(self) -> Offer:
        """What the SIS offers, read once."""
        offer, clock = self.saved.offer, self._around.opening.clock
        if offer is None or clock.now() - offer.read > _STALE:
            integration = integration_of(connection_of(self.saved.draft))
            entered = self.credentials()
            with progress("Reading what the SIS offers") as grew:
                offer = connection.offer_of(
                    integration, entered.credentials(integration.spec.source), self._around.opening, grew
                )
            self.saved = replace(self.saved, offer=offer)
            self._around.keep(self.saved)
        return offer

    def _schools(self, draft: Draft) -> Draft:
        offer = self._offer()
        chosen = choices.chosen_schools(draft, offer)
        tables.show_missing("school", chosen.missing)
        options = tables.school_options(offer.schools, chosen.keys)
        return choices.with_schools(draft, offer, self._asker.many("Schools:", options, at_least=1))

    def _courses(self, draft: Draft) -> Draft:
        offer = self._offer()
        chosen = choices.chosen_courses(draft, offer)
        tables.show_missing("course", chosen.missing)
        options = tables.course_options(choices.courses_to_choose(draft, offer), chosen.keys)
        return choices.with_courses(draft, offer, self._asker.many("Courses:", options, at_least=1))

    def _ebooks(self, draft: Draft) -> Draft:
        if not self._around.ebooks:
            raise InputError("There is no EBook to assign. Publisher: name their files with --file, or create them.")
        offer = self._offer()
        now = choices.ebooks_of(draft, offer)
        courses = [choice for choice in choices.courses_to_choose(draft, offer) if choice.course.key in now]
        proposed = {choice.course.key: proposals(choice.course, self._around.ebooks) for choice in courses}
        sure = {
            choice.course.key: now[choice.course.key]
            or tuple(each.ebook for each in proposed[choice.course.key] if each.sure)
            for choice in courses
        }
        accepted = False
        if any(sure.values()):
            tables.show_proposals(courses, sure, self._around.ebooks)
            answers = [Option(_YES, "Take these"), Option(_NO, "Go through them one by one")]
            accepted = self._asker.one("Are these the right eBooks?", answers) == _YES
        for choice in courses:
            key = choice.course.key
            if not (accepted and sure[key]):
                options = tables.ebook_options(self._around.ebooks, proposed[key], sure[key])
                sure[key] = self._asker.many(f"eBooks of {tables.course_title(choice.course)}:", options)
        left_out = [tables.course_title(choice.course) for choice in courses if not sure[choice.course.key]]
        if left_out:
            say(f"Without an eBook, and so left out: {', '.join(left_out)}.", color="yellow")
        if not any(sure.values()):
            say("At least one course needs an eBook.", color="red")
            return draft.again([Step.COURSES])
        return choices.with_ebooks(draft, offer, sure)

    def _review(self, draft: Draft) -> Draft:
        integration = integration_of(draft)
        entered = self.credentials()
        with progress("Reading the roster, and planning") as grew:
            found = review.review(
                integration,
                entered.credentials(integration.spec.source),
                self._around.ebooks,
                replace(self._around.environment, grew=lambda _people, rows: grew(rows)),
            )
        if not found.accepted:
            self.entered = None
        tables.show_checklist(found.checklist)
        tables.show_plan(found)
        if not self._around.compared:
            say("Existing licenses are not known here, so none is compared: --ledger names where they are.")
        earlier = [Option(step, f"Change: {_TITLES[step].lower()}") for step in Step if step not in _LAST]
        on = [Option(_ON, "Go on")] if found.planned else [Option(Step.REVIEW, "Try again")]
        answer = self._asker.one("What now?", [*on, *earlier, _LATER])
        if answer == _LEAVE:
            raise Leave
        return draft.taken(Step.REVIEW) if answer == _ON else draft.again([Step(answer), Step.REVIEW])

    def _go_live(self, draft: Draft) -> Draft:
        say(_GO_LIVE)
        options = [Option(_NO, "No: remain in setup mode"), Option(_YES, "Yes: enable automated rostering")]
        answer = self._asker.one("Enable automated rostering?", options, _YES if draft.live else _NO)
        return with_live(draft, answer == _YES)
