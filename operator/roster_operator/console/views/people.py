"""Pages that show people, by the numbers of their accounts or as the SIS calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from roster_operator.api.v1alpha1 import EBook
from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Link, Page, Section, Table
from roster_operator.console.views.deciding import by_hand_section, decisions_table, new_link
from roster_operator.console.views.district import person_section, way_to
from roster_operator.operations.by_hand import Decisions
from roster_operator.operations.changes import Asked, Change, Changes
from roster_operator.operations.explained import Explained, Has, Lacks
from roster_operator.operations.explained_words import notes, reasons, rests_on, whom
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
        f"{whom(told)} of {name}",
        (
            Section("What they have", tables=(_has(told.has),)),
            Section("What they lack", tables=(_lacks(told.lacks),)),
            *_circumstances(told),
            Section("What came and went", notes=() if came else ("They never had a license.",), tables=came),
            *_asked(told.questions),
            *_by_hand(told, decisions, ebooks, name),
            person_section(namespace, name),
        ),
        way=way_to(namespace, name),
        lead=(f"Answered {rests_on(told)}.",),
    )


def _by_hand(
    told: Explained, decisions: Decisions | None, ebooks: Mapping[str, EBook] | None, name: str
) -> tuple[Section, ...]:
    if decisions is None or told.account is None:
        return (Section("By hand", links=(new_link(told.namespace, name),)),)
    stands = replace(decisions, district=name, namespace=told.namespace)
    table = decisions_table(stands, licenses=ebooks is not None)
    if ebooks is None:
        return (Section("By hand", tables=(table,)),) if stands.decisions else ()
    section = by_hand_section(told.namespace, name, told.account, ebooks)
    return (replace(section, tables=(table,)),)


def unknown_person_page(namespace: str, name: str, message: str) -> Page:
    """Instead of a person: what is wrong, and the fields again."""
    return Page("A person", (person_section(namespace, name),), way=way_to(namespace, name), alert=message)


def changes_page(told: Changes, asked: Asked, *, name: str) -> Page:
    """What came and went in a district, oldest first, in the order of the journal."""
    namespace = told.namespace
    about = {"run": asked.run, "ebook": asked.ebook, "school": asked.school}
    earlier = addresses.changes(namespace, name, **about, before=told.earlier)
    undo = (Link("Undo this sync", addresses.undo(namespace, name, run=asked.run)),) if asked.run else ()
    links = (*((Link("Earlier changes", earlier),) if told.earlier else ()), *undo)
    which = ", ".join(f"{what} {value}" for what, value in about.items() if value) or "all"
    return Page(
        f"Changes in {name}",
        (Section(f"Licenses that came and went: {which}", tables=(_changes(told, namespace, name),), links=links),),
        way=way_to(namespace, name),
    )


def details_page(told: Details) -> Page:
    """Whom and what an item of the checklist counts."""
    namespace, name = told.namespace, told.name
    of_all = f"These are {len(told.listed)} of {told.count or told.kept}; {told.kept} are kept one by one."
    notes = (told.action or "", of_all if (told.count or told.kept) > len(told.listed) else "")
    rows = tuple(_raised(each, namespace, name) for each in told.listed)
    head = ("Number", "Person (SIS)", "Class", "What", "Since", "Person")
    table = Table("One by one", head, rows, "Nothing of it is kept one by one.")
    return Page(
        f"{told.item} in {name}",
        (Section("What it counts", notes=tuple(filter(None, notes)), tables=(table,)),),
        way=way_to(namespace, name),
        lead=(told.message,) if told.message else (),
    )


def _raised(each: Raised, namespace: str, name: str) -> tuple[Cell, ...]:
    about = Button("Explain", addresses.person(namespace, name), {"person": each.id}, each.id) if each.person else None
    return each.id, each.person, each.class_id, each.what, each.since, about


def _circumstances(told: Explained) -> tuple[Section, ...]:
    found = tuple(map(str.strip, notes(told)))
    return (Section("What bears on it", notes=found),) if found else ()


def _has(licenses: tuple[Has, ...]) -> Table:
    head = ("eBook", "Edition", "Since", "Until", "Origin", "By class", "Next sync")

    def row(has: Has) -> tuple[Cell, ...]:
        coming = f"{has.next_sync} (its removal waits)" if has.waits is not None else str(has.next_sync)
        return has.ebook, has.edition, has.since, has.until, has.origin, ", ".join(has.classes), coming

    return Table("Licenses", head, tuple(map(row, licenses)), "They have no eBook.")


def _lacks(lacking: tuple[Lacks, ...]) -> Table:
    head = ("eBook", "Edition", "Next sync", "Class", "Course", "School", "Cause", "Who acts", "What they do")
    rows = tuple(reason for lacks in lacking for reason in reasons(lacks))
    return Table("What breaks the chain, the nearest first", head, rows, "Nothing is known that they lack.")


def _asked(questions: tuple[Raised, ...]) -> tuple[Section, ...]:
    rows = tuple((each.item, each.class_id, each.what, each.since) for each in questions)
    table = Table("Of their rows in the SIS", ("Item", "Class", "What", "Since"), rows, "")
    return (Section("What the checklist asks", tables=(table,)),) if rows else ()


def _changes(told: Changes, namespace: str, name: str, *, of_one: bool = False) -> Table:
    def row(change: Change) -> tuple[Cell, ...]:
        account = str(change.account)
        values = {"person": f"account:{account}"}
        whom = () if of_one else (Button(account, addresses.person(namespace, name), values, "explain this account"),)
        run = Link(change.run_id, addresses.changes(namespace, name, run=change.run_id))
        of = (change.ebook, change.edition, change.why, change.class_id, change.school_id, change.actor, run)
        return change.at, change.change, *whom, *of

    whom = () if of_one else ("Account",)
    head = ("At", "Change", *whom, "eBook", "Edition", "Why", "Class", "School", "By", "Sync")
    return Table("The oldest first", head, tuple(map(row, told.changes)), "None.")
