"""The wizard's questions, in the publisher's order. After each step everything but the secret is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from roster_operator.api.v1alpha1 import EBook
from roster_operator.cli.wizard import connecting, credentials, mapping, tables
from roster_operator.cli.wizard.asking import progress, say
from roster_operator.cli.wizard.questions import Asker, Back, Leave, Option, first
from roster_operator.errors import CredentialsMissing, InputError, RosterOperatorError, SourceError
from roster_operator.operations.wizard import choices, connection, review
from roster_operator.operations.wizard.connection import Opening
from roster_operator.operations.wizard.draft import Draft, Step, connection_of, integration_of, with_live
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.saved import Entered, Saved
from roster_operator.operations.wizard.systems import system_of
from roster_operator.operations.wizard.words import GO_LIVE, TITLES, course_title
from roster_operator.reconcile.contract import Environment
from roster_operator.reconcile.failures import BAD_CREDENTIALS, failure_of

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
        self.asker = around.asker
        self.saved = saved
        self.entered: Entered | None = None
        """In this conversation."""
        self._reviewed: review.Review | None = None
        """The plan that was shown last, in this conversation."""
        self._changing: tuple[Step, Draft] | None = None
        """Which step is to be changed, and what was there before."""

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
        while (step := self._next_step()) is not None:
            say()
            say(f"Step {list(Step).index(step) + 1} of {len(Step)}: {TITLES[step]}", bold=True)
            try:
                self._take(take[step])
            except Back:
                self._go_back(step)

    def _next_step(self) -> Step | None:
        """The first that was not taken; nobody goes live by a plan that they have not seen."""
        step = self.saved.draft.next_step
        return Step.REVIEW if step is Step.GO_LIVE and self._reviewed is None else step

    def _take(self, step: Callable[[Draft], Draft]) -> None:
        try:
            self._now(step(self.saved.draft))
        except (SourceError, CredentialsMissing) as error:
            self._cannot_go_on(error)

    def _go_back(self, step: Step) -> None:
        """To the step before, or to the question what is to be changed."""
        if self._changing is not None and self._changing[0] is step:
            self._now(self._changing[1])
            return
        steps = list(Step)
        self._now(self.saved.draft.again([steps[max(steps.index(step) - 1, 0)]]))

    def change(self) -> bool:
        """Ask which setting of a finished draft is to be changed; False if none."""
        options = [Option(step, TITLES[step]) for step in Step if step is not Step.REVIEW]
        nothing = Option(_NO, "Nothing more")
        chosen = first(lambda: self.asker.one("What do you want to change?", [*options, nothing]))
        if chosen == _NO:
            return False
        self._changing = (Step(chosen), self.saved.draft)
        self._now(self.saved.draft.again([Step(chosen), Step.REVIEW]))
        return True

    def last_again(self) -> None:
        """The last question, for whoever goes back from what comes after it."""
        self._now(self.saved.draft.again([Step.GO_LIVE]))

    def credentials(self) -> Entered:
        """Those of this conversation, of the Secret that is there, or asked for again, as none is kept."""
        if self.entered is None and not self.saved.secret_due:
            self.entered = self._around.known(self.saved.draft)
        if self.entered is None:
            source = integration_of(connection_of(self.saved.draft)).spec.source
            if source.secret_ref is not None:
                say("The secret was not kept. Please enter it again.")
            system = system_of(source.type, source.vendor)
            self.entered = credentials.ask(self.asker, system, source.base_url, self.saved.client_id)
        return self.entered

    def _cannot_go_on(self, error: RosterOperatorError) -> None:
        """The SIS did not give what a step needs, though it was there before."""
        message = failure_of(error, ()).message
        say(f"✘ {message}", color="red")
        answers = [Option(_ON, "Try again"), Option(_YES, "Change: entering credentials"), _LATER]
        answer = self.asker.one("What now?", answers)
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
        found = connecting.ask(self.asker, self._around.opening, draft, self.saved.client_id)
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
        return choices.with_schools(draft, offer, self.asker.many("Schools:", options, at_least=1))

    def _courses(self, draft: Draft) -> Draft:
        offer = self._offer()
        chosen = choices.chosen_courses(draft, offer)
        tables.show_missing("course", chosen.missing)
        options = tables.course_options(choices.courses_to_choose(draft, offer), chosen.keys)
        return choices.with_courses(draft, offer, self.asker.many("Courses:", options, at_least=1))

    def _ebooks(self, draft: Draft) -> Draft:
        if not self._around.ebooks:
            raise InputError("There is no EBook to assign. Publisher: name their files with --file, or create them.")
        offer = self._offer()
        now = choices.ebooks_of(draft, offer)
        courses = [choice for choice in choices.courses_to_choose(draft, offer) if choice.course.key in now]

        def keep(books: mapping.EBooks) -> None:
            self._now(choices.with_ebooks(draft, offer, books).again([Step.EBOOKS]))

        chosen = mapping.EBooksOfCourses(self.asker, courses, now, self._around.ebooks, keep).ask()
        left_out = [course_title(choice.course) for choice in courses if not chosen[choice.course.key]]
        if left_out:
            tables.show_left_out(left_out)
        if not any(chosen.values()):
            say("At least one course needs an eBook.", color="red")
            return draft.again([Step.COURSES])
        return choices.with_ebooks(draft, offer, chosen)

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
        self._reviewed = found if found.planned else None
        tables.show_checklist(found.checklist)
        tables.show_plan(found)
        if not self._around.compared:
            say("Existing licenses are not known here, so none is compared: --ledger names where they are.")
        earlier = [
            Option(step, f"Change: {TITLES[step][:1].lower()}{TITLES[step][1:]}") for step in Step if step not in _LAST
        ]
        on = [Option(_ON, "Go on")] if found.planned else [Option(Step.REVIEW, "Try again")]
        answer = self.asker.one("What now?", [*on, *earlier, _LATER])
        if answer == _LEAVE:
            raise Leave
        return draft.taken(Step.REVIEW) if answer == _ON else draft.again([Step(answer), Step.REVIEW])

    def _go_live(self, draft: Draft) -> Draft:
        assert self._reviewed is not None
        was_live = bool((self.saved.base or {}).get("live"))
        failing = self._reviewed.checklist.failing
        say(GO_LIVE)
        tables.show_consent(self._reviewed, compared=self._around.compared)
        options = [Option(_NO, "No: remain in setup mode"), Option(_YES, "Yes: enable automated rostering")]
        if failing and not was_live:
            say(f"It cannot be enabled while the checklist fails: {', '.join(failing)}.", color="red")
            options = options[:1]
        answer = self.asker.one("Enable automated rostering?", options, _YES if draft.live else _NO)
        return with_live(draft, answer == _YES)
