"""Where somebody gets an eBook by hand, or is kept from one: what that would be, and then what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from roster_operator.api.v1alpha1 import EBook
from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.approval import reason_field
from roster_operator.console.views.district import person_section, way_to
from roster_operator.ledger.by_hand.interface import Kind as Decided
from roster_operator.ledger.by_hand.interface import LicenseNamed
from roster_operator.ledger.queries.records import KeptDecision
from roster_operator.licensing.models import Edition
from roster_operator.operations.by_hand import Decisions, DecisionTold

_EDITIONS: Final = tuple((str(each), str(each)) for each in Edition)
_END_HINT: Final = "The first day without it, in the district."


def by_hand_section(namespace: str, name: str, account: int, ebooks: Mapping[str, EBook]) -> Section:
    """On the page of a person who has an account."""
    kinds = ((str(Decided.GRANT), "Give it, whatever the roster says"), (str(Decided.BLOCK), "Keep them from it"))
    fields = (
        Field("person", "", f"account:{account}", Kind.HIDDEN),
        Field("kind", "What", str(Decided.GRANT), Kind.CHOICE, kinds),
        _ebook(ebooks, "", every=True),
        Field("edition", "Edition", "", Kind.CHOICE, (*_EDITIONS, ("", "both, to keep them from it"))),
        Field("until", "Until", "", Kind.DATE, hint=_END_HINT),
        reason_field(),
    )
    note = "It is shown first. It takes effect at once, in setup mode, too; no sync changes it before it ends."
    form = Form(addresses.by_hand(namespace, name), fields, "Show what this does")
    return Section("By hand", notes=(note,), form=form)


def newcomer_page(
    namespace: str, name: str, ebooks: Mapping[str, EBook], sent: Mapping[str, str], *, alert: str = ""
) -> Page:
    """For somebody who has no account: one is made. What was sent is there again."""
    fields = (
        Field("kind", "", str(Decided.GRANT), Kind.HIDDEN),
        Field("username", "Username", sent.get("username", ""), hint="Or the email; one of the two suffices."),
        Field("email", "Email", sent.get("email", "")),
        _ebook(ebooks, sent.get("ebook", "")),
        Field("edition", "Edition", sent.get("edition", ""), Kind.CHOICE, _EDITIONS),
        Field("until", "Until", sent.get("until", ""), Kind.DATE, hint=_END_HINT),
        reason_field(sent.get("reason", "")),
    )
    note = "Such as a late arrival or a co-teacher whom the SIS does not list yet. Is there one? Then ask for it."
    form = Form(addresses.by_hand(namespace, name), fields, "Show what this does")
    first = person_section(namespace, name)
    title = f"A license for somebody new in {name}"
    return Page(title, (Section("Without an account", notes=(note,), form=form), first), way_to(namespace, name), alert)


def decision_page(told: DecisionTold, sent: Mapping[str, str], *, name: str) -> Page:
    """What would be decided; `sent`: what asked for it, to be sent again."""
    kept = ("kind", "person", "username", "email", "ebook", "edition", "until", "ends", "reason")
    fields = tuple(Field(key, "", sent[key], Kind.HIDDEN) for key in kept if sent.get(key))
    form = Form(
        addresses.by_hand(told.namespace, name), (*fields, Field("digest", "", told.digest, Kind.HIDDEN)), "Do this"
    )
    return Page(
        f"By hand in {name}",
        (
            Section(
                "What this does",
                facts=(*_facts(told), ("Why", sent.get("reason", ""))),
                tables=_tables(told),
                form=form,
            ),
        ),
        way=way_to(told.namespace, name),
        lead=("Nothing was changed yet.",),
    )


def decided_page(told: DecisionTold, *, name: str) -> Page:
    """That it was done. The way back is to end it."""
    person = Button("Show them", addresses.person(told.namespace, name), {"person": f"account:{told.account}"})
    way_back = "The way back: on their page, end what was decided by hand."
    facts = (*_facts(told), ("Run", told.by_run), *((("Person", person),) if told.account else ()))
    return Page(
        f"By hand in {name}",
        (Section("What was done", notes=(way_back,), facts=facts, tables=_tables(told)),),
        way=way_to(told.namespace, name),
        done="Done, as you.",
    )


def refused_decision_page(namespace: str, name: str, message: str) -> Page:
    """Instead: what is wrong, and the way to ask about somebody."""
    return Page(f"By hand in {name}", (person_section(namespace, name),), way_to(namespace, name), message)


def decisions_table(told: Decisions, *, licenses: bool) -> Table:
    """What stands of a person. `licenses`: whether they who look may end it."""
    action = addresses.by_hand(told.namespace, told.district)

    def row(each: KeptDecision) -> tuple[Cell, ...]:
        what = f"{each.kind} of {each.ebook or 'every eBook'}"
        values = {
            "kind": each.kind,
            "person": f"account:{each.account}",
            "ebook": each.ebook,
            "edition": each.edition,
            "ends": "yes",
            "reason": "",
        }
        end = (Button("End it", action, values, f"{what}, {each.edition}"),) if licenses else ()
        return what, each.edition, each.created, each.until, each.actor, each.reason, *end

    head = ("What", "Edition", "Since", "Until", "Who", "Why", *(("End",) if licenses else ()))
    return Table("Decided by hand", head, tuple(map(row, told.decisions)), "Nothing was decided by hand.")


def new_link(namespace: str, name: str) -> Link:
    """To the page for whoever has no account."""
    return Link("A license for somebody without an account", addresses.by_hand(namespace, name))


def _ebook(ebooks: Mapping[str, EBook], chosen: str, *, every: bool = False) -> Field:
    there = sorted((each.spec.title, key) for key, each in ebooks.items() if not each.spec.retired)
    options = tuple((key, f"{title} ({key})") for title, key in there)
    more = (("", "every one, to keep them from it"),) if every else ()
    return Field("ebook", "eBook", chosen, Kind.CHOICE, (*options, *more))


def _facts(told: DecisionTold) -> tuple[tuple[str, Cell], ...]:
    verb = "Grant" if told.kind is Decided.GRANT else "Block"
    return (
        ("What", f"End of the {verb.lower()} by hand" if told.ends else f"{verb} by hand"),
        ("Whom", f"account {told.account}" if told.account is not None else "a new account"),
        ("eBook", told.ebook or "every one"),
        ("Editions", " and ".join(told.editions)),
        ("Until", told.until or ("now" if told.ends else "without an end")),
    )


def _tables(told: DecisionTold) -> tuple[Table, ...]:
    return (
        _licenses("Licenses that come, or end otherwise", told.granted),
        _licenses("Licenses that go", told.removed),
    )


def _licenses(caption: str, licenses: Sequence[LicenseNamed]) -> Table:
    return Table(
        caption, ("eBook", "Edition"), tuple((each.ebook, each.edition) for each in licenses), f"{caption}: none."
    )
