"""The wizard's pages: each shows where the answers stand, and takes the next ones. What comes of them is in `outcome`.

Whoever sets up a district takes the permission to `patch` it, whether it is there yet or not: the wizard asks servers,
and its result is a spec. A page that needs an earlier answer leads back to where that is given.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import web

from roster_operator.api.v1alpha1 import EBook
from roster_operator.console import addresses
from roster_operator.console.elements import Page
from roster_operator.console.routing import OF_ONE, Route, Shown, named
from roster_operator.console.signing_in import to
from roster_operator.console.views import wizard as views
from roster_operator.console.views.wizard import PATHS, at
from roster_operator.console.views.wizard_books import COURSES, CourseBooks, books_page, mapping_page
from roster_operator.console.visits import Visit
from roster_operator.console.wizard import answers
from roster_operator.console.wizard.conversation import Conversation, Conversations
from roster_operator.errors import InputError
from roster_operator.messages import gettext as _
from roster_operator.operations.wizard import choices
from roster_operator.operations.wizard.draft import Step
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.proposals import proposals

Answered = Page | tuple[HTTPStatus, Page] | web.StreamResponse
FromOffer = Callable[[Visit, Conversation, Offer], Awaitable[Answered]]
_STALE: Final = timedelta(days=1)
"""What the SIS offers is read again after so long."""


class StepPages:
    """The first four steps."""

    def __init__(self, conversations: Conversations) -> None:
        """Of one console."""
        self._conversations = conversations

    def routes(self) -> tuple[Route, ...]:
        """Where they are."""
        here = f"{OF_ONE}/wizard"
        of_step = {step: f"{here}/{path}" for step, path in PATHS.items()}
        return (
            Route("GET", addresses.WIZARD, _begin),
            Route("GET", here, self._overview),
            Route("POST", f"{here}/again", self._again),
            Route("GET", of_step[Step.CONNECTION], self._connection),
            Route("POST", of_step[Step.CONNECTION], self._connect),
            Route("GET", of_step[Step.SCHOOLS], self._of_offer(Step.SCHOOLS, self._schools)),
            Route("POST", of_step[Step.SCHOOLS], self._of_offer(Step.SCHOOLS, self._choose_schools)),
            Route("GET", of_step[Step.COURSES], self._of_offer(Step.COURSES, self._courses)),
            Route("POST", of_step[Step.COURSES], self._of_offer(Step.COURSES, self._choose_courses)),
            Route("GET", of_step[Step.EBOOKS], self._of_offer(Step.EBOOKS, self._ebooks)),
            Route("POST", of_step[Step.EBOOKS], self._of_offer(Step.EBOOKS, self._choose_ebooks)),
        )

    async def _overview(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        existing, following = held.visitor.saved.base is not None, held.visitor.draft.next_step
        return views.overview_page(held.district, held.visitor.draft, existing=existing, following=following)

    async def _again(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        self._conversations.visitors.end(visit.user.name, held.district)
        return to(at(held.district))

    async def _connection(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        visitor = held.visitor
        if not await visitor.wait():
            return views.waiting_page(held.district, Step.CONNECTION, visitor.rows, _("Trying them"))
        typed = visitor.typed or answers.typed_before(visitor.saved)
        accepted = visitor.connected and not visitor.not_shared and visitor.entered is not None
        asks = answers.asked_further(typed, visitor.problem, by_certificate=visitor.by_certificate)
        return views.connection_page(
            held.district,
            typed,
            accepted=accepted,
            problem=visitor.problem,
            not_shared=visitor.not_shared,
            notices=visitor.notices,
            asks=asks,
        )

    async def _connect(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        visitor = held.visitor
        visitor.typed = answers.typed_in(visit.sent)
        try:
            draft, entered = answers.connection_in(visitor.draft, visit.sent)
        except InputError as error:
            visitor.connected, visitor.problem = False, error.message
            asks = answers.asked_further(visitor.typed, "", by_certificate=visitor.by_certificate)
            page = views.connection_page(held.district, visitor.typed, problem=error.message, asks=asks)
            return HTTPStatus.BAD_REQUEST, page
        visitor.begin(lambda: self._conversations.asking.connect(visitor, draft, entered))
        return to(at(held.district, PATHS[Step.CONNECTION]))

    def _of_offer(self, step: Step, answer: FromOffer) -> Shown:
        """A page of a step that chooses from what the SIS offers, once that is known."""

        async def shown(visit: Visit) -> Answered:
            held = await self._conversations.of(visit)
            offer = await self._offer(held, step)
            return await answer(visit, held, offer) if isinstance(offer, Offer) else offer

        return shown

    async def _offer(self, held: Conversation, step: Step) -> Offer | Answered:
        """What the SIS offers, read if need be; or the page that comes instead."""
        visitor, kept = held.visitor, held.visitor.saved.offer
        if kept is not None and self._conversations.now() - kept.read <= _STALE and not visitor.busy:
            return kept
        if not visitor.busy and not visitor.problem:
            entered = await self._conversations.entered(held)
            if entered is None or Step.CONNECTION not in visitor.draft.done:
                return to(at(held.district, PATHS[Step.CONNECTION]))
            visitor.begin(lambda: self._conversations.asking.read_offer(visitor, entered))
        if not await visitor.wait():
            return views.waiting_page(held.district, step, visitor.rows, _("Reading what the SIS offers"))
        if visitor.saved.offer is None:
            return to(at(held.district, PATHS[Step.CONNECTION]))
        return visitor.saved.offer

    async def _schools(self, visit: Visit, held: Conversation, offer: Offer) -> Answered:
        return _schools_page(held, offer, contains=visit.request.query.get("contains", ""))

    async def _choose_schools(self, visit: Visit, held: Conversation, offer: Offer) -> Answered:
        draft = held.visitor.draft
        ids = _after(choices.chosen_schools(draft, offer).keys, visit.sent, {each.id for each in offer.schools})
        held.visitor.take(choices.with_schools(draft, offer, ids).again([] if ids else [Step.SCHOOLS]))
        return to(at(held.district, PATHS[Step.SCHOOLS]))

    async def _courses(self, visit: Visit, held: Conversation, offer: Offer) -> Answered:
        draft = held.visitor.draft
        if not choices.chosen_schools(draft, offer).keys:
            return _schools_page(held, offer, alert=_("Include at least one school."))
        held.visitor.take(draft.taken(Step.SCHOOLS))
        chosen, contains = choices.chosen_courses(draft, offer), visit.request.query.get("contains", "")
        courses = choices.courses_to_choose(draft, offer)
        return views.courses_page(held.district, courses, chosen, contains=contains)

    async def _choose_courses(self, visit: Visit, held: Conversation, offer: Offer) -> Answered:
        draft = held.visitor.draft
        keys = _after(choices.chosen_courses(draft, offer).keys, visit.sent, {each.key for each in offer.courses})
        held.visitor.take(choices.with_courses(draft, offer, keys).again([] if keys else [Step.COURSES]))
        return to(at(held.district, PATHS[Step.COURSES]))

    async def _ebooks(self, visit: Visit, held: Conversation, offer: Offer) -> Answered:
        ebooks = await self._conversations.ebooks()
        courses = _books_of(held, offer, ebooks)
        if not courses:
            return to(at(held.district, PATHS[Step.COURSES]))
        held.visitor.take(held.visitor.draft.taken(Step.COURSES))
        start = visit.request.query.get("start", "")
        if not start:
            return mapping_page(held.district, courses, ebooks)
        return books_page(held.district, courses, _start(start, len(courses)), ebooks, {})

    async def _choose_ebooks(self, visit: Visit, held: Conversation, offer: Offer) -> Answered:
        ebooks, sent, draft = await self._conversations.ebooks(), visit.sent, held.visitor.draft
        now = choices.ebooks_of(draft, offer)
        if sent.get("take"):
            books = {each.choice.course.key: each.books for each in _books_of(held, offer, ebooks)}
        else:
            books = answers.books_in(sent, now)
        unknown = {book for each in books.values() for book in each} - ebooks.keys() - _named_in(now)
        if unknown:
            raise InputError(_("There is no such eBook. Choose one of the list."))
        held.visitor.take(choices.with_ebooks(draft, offer, {**now, **books}).again([Step.EBOOKS]))
        courses = _books_of(held, offer, ebooks)
        start = _start(sent.get("start", "0"), len(courses))
        if sent.get("another"):
            return books_page(held.district, courses, start, ebooks, answers.another_in(sent, books))
        if not sent.get("take") and start + COURSES < len(courses):
            return to(f"{at(held.district, PATHS[Step.EBOOKS])}?start={start + COURSES}")
        if not any(each for each in choices.ebooks_of(held.visitor.draft, offer).values()):
            alert = _("At least one course needs an eBook.")
            return HTTPStatus.BAD_REQUEST, mapping_page(held.district, courses, ebooks, alert=alert)
        held.visitor.take(held.visitor.draft.taken(Step.EBOOKS))
        return to(at(held.district, PATHS[Step.REVIEW]))


async def _begin(visit: Visit) -> Answered:
    """Which district; or to it."""
    query = visit.request.query
    if not query.get("name") and not query.get("namespace"):
        return views.begin_page()
    try:
        return to(at(named(query.get("namespace", "").strip(), query.get("name", "").strip())))
    except InputError as error:
        return HTTPStatus.BAD_REQUEST, views.begin_page(error.message)


def _schools_page(held: Conversation, offer: Offer, *, contains: str = "", alert: str = "") -> Page:
    chosen = choices.chosen_schools(held.visitor.draft, offer)
    return views.schools_page(held.district, offer.schools, chosen, contains=contains, alert=alert)


def _books_of(held: Conversation, offer: Offer, ebooks: Mapping[str, EBook]) -> list[CourseBooks]:
    """The courses that were chosen, each with what it has or what stands out for it."""
    draft = held.visitor.draft
    now, found = choices.ebooks_of(draft, offer), []
    for choice in choices.courses_to_choose(draft, offer):
        if choice.course.key in now:
            proposed = proposals(choice.course, ebooks)
            chosen = now[choice.course.key]
            books = chosen or tuple(each.ebook for each in proposed if each.sure)
            found.append(CourseBooks(choice, books, bool(chosen), proposed))
    return found


def _named_in(books: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Those that a district has already, whatever became of them."""
    return {book for each in books.values() for book in each}


def _after(chosen: tuple[str, ...], sent: Mapping[str, str], there: set[str]) -> list[str]:
    """With one more, or one less."""
    added, removed = sent.get("add", ""), sent.get("remove", "")
    if added and added not in there:
        raise InputError(_("The SIS does not offer this. Choose from the list."))
    more = (added,) if added else ()
    return [each for each in dict.fromkeys((*chosen, *more)) if each != removed]


def _start(written: str, count: int) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        raise InputError(_("The address of this page is not as it should be. Start from the list of courses."))
    return min(int(written), max(count - 1, 0)) // COURSES * COURSES
