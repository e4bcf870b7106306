"""Where somebody gets an eBook by hand, or is kept from one: what that would be, and then what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from roster_operator.api.v1alpha1 import EBook
from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.approval import reason_field
from roster_operator.console.views.district import person_section, way_to
from roster_operator.console.views.words import edition_told
from roster_operator.ledger.by_hand.interface import Kind as Decided
from roster_operator.ledger.by_hand.interface import LicenseNamed
from roster_operator.ledger.queries.records import KeptDecision
from roster_operator.licensing.models import Edition
from roster_operator.messages import gettext as _
from roster_operator.messages import listed
from roster_operator.operations.by_hand import Decisions, DecisionTold

_EDITIONS: Final = tuple((str(each), edition_told(each)) for each in Edition)
_END_HINT: Final = _("The first day without it, in the district.")


def by_hand_section(namespace: str, name: str, account: int, ebooks: Mapping[str, EBook]) -> Section:
    """On the page of a person who has an account."""
    kinds = ((str(Decided.GRANT), _("Give it, whatever the roster says")), (str(Decided.BLOCK), _("Keep them from it")))
    fields = (
        Field("person", "", f"account:{account}", Kind.HIDDEN),
        Field("kind", _("What"), str(Decided.GRANT), Kind.CHOICE, kinds),
        _ebook(ebooks, "", every=True),
        Field("edition", _("Edition"), "", Kind.CHOICE, (*_EDITIONS, ("", _("both, to keep them from it")))),
        Field("until", _("Until"), "", Kind.DATE, hint=_END_HINT),
        reason_field(),
    )
    note = _("It is shown first. It takes effect at once, in setup mode, too; no sync changes it before it ends.")
    form = Form(addresses.by_hand(namespace, name), fields, _("Show what this does"))
    return Section(_("By hand"), notes=(note,), form=form)


def newcomer_page(
    namespace: str, name: str, ebooks: Mapping[str, EBook], sent: Mapping[str, str], *, alert: str = ""
) -> Page:
    """For somebody who has no account: one is made. What was sent is there again."""
    fields = (
        Field("kind", "", str(Decided.GRANT), Kind.HIDDEN),
        Field("username", _("Username"), sent.get("username", ""), hint=_("Or the email; one of the two suffices.")),
        Field("email", _("Email"), sent.get("email", "")),
        _ebook(ebooks, sent.get("ebook", "")),
        Field("edition", _("Edition"), sent.get("edition", ""), Kind.CHOICE, _EDITIONS),
        Field("until", _("Until"), sent.get("until", ""), Kind.DATE, hint=_END_HINT),
        reason_field(sent.get("reason", "")),
    )
    note = _("Such as a late arrival or a co-teacher whom the SIS does not list yet. Is there one? Then ask for it.")
    form = Form(addresses.by_hand(namespace, name), fields, _("Show what this does"))
    first = person_section(namespace, name)
    title = _("A license for somebody new in {name}", name=name)
    return Page(
        title, (Section(_("Without an account"), notes=(note,), form=form), first), way_to(namespace, name), alert
    )


def decision_page(told: DecisionTold, sent: Mapping[str, str], *, name: str) -> Page:
    """What would be decided; `sent`: what asked for it, to be sent again."""
    kept = ("kind", "person", "username", "email", "ebook", "edition", "until", "ends", "reason")
    fields = tuple(Field(key, "", sent[key], Kind.HIDDEN) for key in kept if sent.get(key))
    form = Form(
        addresses.by_hand(told.namespace, name), (*fields, Field("digest", "", told.digest, Kind.HIDDEN)), _("Do this")
    )
    return Page(
        _("By hand in {name}", name=name),
        (
            Section(
                _("What this does"),
                facts=(*_facts(told), (_("Why"), sent.get("reason", ""))),
                tables=_tables(told),
                form=form,
            ),
        ),
        way=way_to(told.namespace, name),
        lead=(_("Nothing was changed yet."),),
    )


def decided_page(told: DecisionTold, *, name: str) -> Page:
    """That it was done. The way back is to end it."""
    person = Button(_("Show them"), addresses.person(told.namespace, name), {"person": f"account:{told.account}"})
    way_back = _("The way back: on their page, end what was decided by hand.")
    facts = (*_facts(told), (_("Run"), told.by_run), *(((_("Person"), person),) if told.account else ()))
    return Page(
        _("By hand in {name}", name=name),
        (Section(_("What was done"), notes=(way_back,), facts=facts, tables=_tables(told)),),
        way=way_to(told.namespace, name),
        done=_("Done, as you."),
    )


def refused_decision_page(namespace: str, name: str, message: str) -> Page:
    """Instead: what is wrong, and the way to ask about somebody."""
    return Page(_("By hand in {name}", name=name), (person_section(namespace, name),), way_to(namespace, name), message)


def decisions_table(told: Decisions, *, licenses: bool) -> Table:
    """What stands of a person. `licenses`: whether they who look may end it."""
    action = addresses.by_hand(told.namespace, told.district)

    def row(each: KeptDecision) -> tuple[Cell, ...]:
        what = _decided(each)
        values = {
            "kind": each.kind,
            "person": f"account:{each.account}",
            "ebook": each.ebook,
            "edition": each.edition,
            "ends": "yes",
            "reason": "",
        }
        end = (
            (
                Button(
                    _("End it"), action, values, _("{what}, {edition}", what=what, edition=edition_told(each.edition))
                ),
            )
            if licenses
            else ()
        )
        return what, edition_told(each.edition), each.created, each.until, each.actor, each.reason, *end

    head = (_("What"), _("Edition"), _("Since"), _("Until"), _("Who"), _("Why"), *((_("End"),) if licenses else ()))
    return Table(_("Decided by hand"), head, tuple(map(row, told.decisions)), _("Nothing was decided by hand."))


def new_link(namespace: str, name: str) -> Link:
    """To the page for whoever has no account."""
    return Link(_("A license for somebody without an account"), addresses.by_hand(namespace, name))


def _ebook(ebooks: Mapping[str, EBook], chosen: str, *, every: bool = False) -> Field:
    there = sorted((each.spec.title, key) for key, each in ebooks.items() if not each.spec.retired)
    options = tuple((key, f"{title} ({key})") for title, key in there)
    more = (("", _("every one, to keep them from it")),) if every else ()
    return Field("ebook", _("eBook"), chosen, Kind.CHOICE, (*options, *more))


def _decided(each: KeptDecision) -> str:
    grants = each.kind == str(Decided.GRANT)
    if each.ebook:
        return _("Grant of {ebook}", ebook=each.ebook) if grants else _("Block of {ebook}", ebook=each.ebook)
    return _("Grant of every eBook") if grants else _("Block of every eBook")


def _facts(told: DecisionTold) -> tuple[tuple[str, Cell], ...]:
    grants = told.kind is Decided.GRANT
    begun = _("Grant by hand") if grants else _("Block by hand")
    ended = _("End of the grant by hand") if grants else _("End of the block by hand")
    account = _("account {number}", number=str(told.account)) if told.account is not None else _("a new account")
    return (
        (_("What"), ended if told.ends else begun),
        (_("Whom"), account),
        (_("eBook"), told.ebook or _("every one")),
        (_("Editions"), listed(edition_told(each) for each in told.editions)),
        (_("Until"), told.until or (_("now") if told.ends else _("without an end"))),
    )


def _tables(told: DecisionTold) -> tuple[Table, ...]:
    return (
        _licenses(_("Licenses that come, or end otherwise"), told.granted),
        _licenses(_("Licenses that go"), told.removed),
    )


def _licenses(caption: str, licenses: Sequence[LicenseNamed]) -> Table:
    return Table(
        caption,
        (_("eBook"), _("Edition")),
        tuple((each.ebook, edition_told(each.edition)) for each in licenses),
        _("{what}: none.", what=caption),
    )
