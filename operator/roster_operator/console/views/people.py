"""Pages that show people, by the numbers of their accounts or as the SIS calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from roster_operator.api.v1alpha1 import EBook
from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Link, Page, Section, Table, original
from roster_operator.console.views.deciding import by_hand_section, decisions_table, new_link
from roster_operator.console.views.district import person_section, way_to
from roster_operator.console.views.reasons import item_told, reason_told
from roster_operator.console.views.words import ACTORS, CHANGES, NEXT_SYNC, ORIGINS, called, edition_told
from roster_operator.messages import gettext as _
from roster_operator.operations.by_hand import Decisions
from roster_operator.operations.changes import Asked, Change, Changes
from roster_operator.operations.circumstances import Circumstance
from roster_operator.operations.explained import Explained, Has, Lacks
from roster_operator.operations.explained_words import Reason, notes_of_person, reasons, rests_on, whom
from roster_operator.operations.questions import Details, Raised


def person_page(
    told: Explained,
    changes: Changes | None,
    decisions: Decisions | None,
    *,
    name: str,
    ebooks: Mapping[str, EBook] | None = None,
) -> Page:
    """What somebody has and lacks, and what came and went. `changes`, `decisions`: None if they never had a license.

    `ebooks`: the publisher's, for who may decide by hand; else None.
    """
    namespace = told.namespace
    came = (_changes(changes, namespace, name, of_one=True),) if changes else ()
    return Page(
        _("{whom} of {name}", whom=whom(told), name=name),
        (
            Section(_("What they have"), tables=(_has(told.has),)),
            Section(_("What they lack"), tables=(_lacks(told.lacks),)),
            *_circumstances(told),
            Section(_("What came and went"), notes=() if came else (_("They never had a license."),), tables=came),
            *_asked(told.questions),
            *_by_hand(told, decisions, ebooks, name),
            person_section(namespace, name),
        ),
        way=way_to(namespace, name),
        lead=(_("Answered {rests_on}.", rests_on=rests_on(told)),),
    )


def _by_hand(
    told: Explained, decisions: Decisions | None, ebooks: Mapping[str, EBook] | None, name: str
) -> tuple[Section, ...]:
    if decisions is None or told.account is None:
        return (Section(_("By hand"), links=(new_link(told.namespace, name),)),)
    stands = replace(decisions, district=name, namespace=told.namespace)
    table = decisions_table(stands, licenses=ebooks is not None)
    if ebooks is None:
        return (Section(_("By hand"), tables=(table,)),) if stands.decisions else ()
    section = by_hand_section(told.namespace, name, told.account, ebooks)
    return (replace(section, tables=(table,)),)


def unknown_person_page(namespace: str, name: str, message: str) -> Page:
    """Instead of a person: what is wrong, and the fields again."""
    return Page(_("A person"), (person_section(namespace, name),), way=way_to(namespace, name), alert=message)


_ASKED: Final = {"run": _("Run"), "ebook": _("eBook"), "school": _("School")}


def changes_page(told: Changes, asked: Asked, *, name: str) -> Page:
    """What came and went in a district, oldest first, in the order of the journal."""
    namespace = told.namespace
    about = {"run": asked.run, "ebook": asked.ebook, "school": asked.school}
    earlier = addresses.changes(namespace, name, **about, before=told.earlier)
    undo = (Link(_("Undo this sync"), addresses.undo(namespace, name, run=asked.run)),) if asked.run else ()
    links = (*((Link(_("Earlier changes"), earlier),) if told.earlier else ()), *undo)
    which = {"run": asked.run, "ebook": asked.ebook, "school": asked.school}
    facts = tuple((_ASKED[what], value) for what, value in which.items() if value)
    return Page(
        _("Changes in {name}", name=name),
        (
            Section(
                _("Licenses that came and went"), facts=facts, tables=(_changes(told, namespace, name),), links=links
            ),
        ),
        way=way_to(namespace, name),
    )


def details_page(told: Details) -> Page:
    """Whom and what an item of the checklist counts."""
    namespace, name = told.namespace, told.name
    of_all = _(
        "These are {shown} of {all}; {kept} are kept one by one.",
        shown=len(told.listed),
        all=told.count or told.kept,
        kept=told.kept,
    )
    notes = (told.action or "", of_all if (told.count or told.kept) > len(told.listed) else "")
    rows = tuple(_raised(each, namespace, name) for each in told.listed)
    head = (_("Number"), _("Person (SIS)"), _("Class"), _("What"), _("Since"), _("Person"))
    table = Table(_("One by one"), head, rows, _("Nothing of it is kept one by one."))
    return Page(
        _("{item} in {name}", item=item_told(told.item), name=name),
        (Section(_("What it counts"), notes=tuple(filter(None, notes)), tables=(table,)),),
        way=way_to(namespace, name),
        lead=(told.message,) if told.message else (),
    )


def _raised(each: Raised, namespace: str, name: str) -> tuple[Cell, ...]:
    about = (
        Button(_("Explain"), addresses.person(namespace, name), {"person": each.id}, each.id) if each.person else None
    )
    return each.id, each.person, each.class_id, original(each.what), each.since, about


def _circumstances(told: Explained) -> tuple[Section, ...]:
    """What two conditions of the district say alike is said once."""
    notes, rows = tuple(notes_of_person(told)), tuple(dict.fromkeys(map(_circumstance, told.circumstances)))
    head = (_("What"), _("Since"), _("Who acts"), _("Meaning"))
    tables = (Table(_("Of the district, and of the account"), head, rows, ""),) if rows else ()
    return (Section(_("What bears on it"), notes=notes, tables=tables),) if notes or rows else ()


def _circumstance(each: Circumstance) -> tuple[Cell, ...]:
    acts = called(ACTORS, str(each.acts)) if each.acts else None
    return reason_told(each.what), each.since, acts, original(each.message)


def _has(licenses: tuple[Has, ...]) -> Table:
    head = (_("eBook"), _("Edition"), _("Since"), _("Until"), _("Origin"), _("By class"), _("Next sync"))

    def row(has: Has) -> tuple[Cell, ...]:
        coming = called(NEXT_SYNC, str(has.next_sync))
        told = _("{coming} (its removal waits)", coming=coming) if has.waits is not None else coming
        return (
            has.ebook,
            edition_told(has.edition),
            has.since,
            has.until,
            called(ORIGINS, str(has.origin)),
            ", ".join(has.classes),
            told,
        )

    return Table(_("Licenses"), head, tuple(map(row, licenses)), _("They have no eBook."))


def _lacks(lacking: tuple[Lacks, ...]) -> Table:
    head = (
        _("eBook"),
        _("Edition"),
        _("Next sync"),
        _("Class"),
        _("Course"),
        _("School"),
        _("Cause"),
        _("Who acts"),
        _("What they do"),
    )
    rows = tuple(_reason(reason) for lacks in lacking for reason in reasons(lacks))
    return Table(_("What breaks the chain, the nearest first"), head, rows, _("Nothing is known that they lack."))


def _reason(told: Reason) -> tuple[Cell, ...]:
    place = (told.class_id, told.course, told.school, told.causes)
    coming, acts = called(NEXT_SYNC, told.next_sync), called(ACTORS, told.acts)
    return told.ebook, edition_told(told.edition), coming, *place, acts, original(told.what)


def _asked(questions: tuple[Raised, ...]) -> tuple[Section, ...]:
    rows = tuple((item_told(each.item), each.class_id, original(each.what), each.since) for each in questions)
    table = Table(_("Of their rows in the SIS"), (_("Item"), _("Class"), _("What"), _("Since")), rows, "")
    return (Section(_("What the checklist asks"), tables=(table,)),) if rows else ()


def _changes(told: Changes, namespace: str, name: str, *, of_one: bool = False) -> Table:
    def row(change: Change) -> tuple[Cell, ...]:
        account = str(change.account)
        values = {"person": f"account:{account}"}
        whom = (
            () if of_one else (Button(account, addresses.person(namespace, name), values, _("explain this account")),)
        )
        run = Link(change.run_id, addresses.changes(namespace, name, run=change.run_id))
        of = (
            change.ebook,
            edition_told(change.edition),
            change.why,
            change.class_id,
            change.school_id,
            change.actor,
            run,
        )
        return change.at, called(CHANGES, str(change.change)), *whom, *of

    whom = () if of_one else (_("Account"),)
    head = (
        _("At"),
        _("Change"),
        *whom,
        _("eBook"),
        _("Edition"),
        _("Why"),
        _("Class"),
        _("School"),
        _("By"),
        _("Sync"),
    )
    return Table(_("The oldest first"), head, tuple(map(row, told.changes)), _("None."))
