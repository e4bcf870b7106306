"""How a sync reads the roster of a district that is open: what the spec selects, its classes, then what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from roster_operator.api.v1alpha1 import SameLogin
from roster_operator.licensing.class_scope import ClassMemory
from roster_operator.reconcile import canary, mapping
from roster_operator.reconcile.canary import LiveFirst
from roster_operator.reconcile.declared_logins import declared_login
from roster_operator.reconcile.mapping import Selection
from roster_operator.reconcile.offering import Offering
from roster_operator.reconcile.open_district import OpenDistrict
from roster_operator.reconcile.persons import State
from roster_operator.reconcile.read_changes import NotRead, read_changes
from roster_operator.reconcile.read_classes import Classes, read_classes
from roster_operator.reconcile.read_everything import read_everything
from roster_operator.reconcile.read_mode import FullReadReason, scope_of
from roster_operator.reconcile.report import RosterRead
from roster_operator.sources.capabilities import TellsChanges


def selection_of(opened: OpenDistrict) -> tuple[Offering, Selection]:
    """What the district offers, and what of it the spec selects."""
    request, source = opened.request, opened.source
    offering = Offering(source)
    selection = mapping.select(request.integration.spec, offering, request.ebooks)
    if any(school.absent for school in selection.mappings.unresolved_schools) and offering.look_beyond(source):
        selection = mapping.select(request.integration.spec, offering, request.ebooks)
    return offering, selection


def classes_of(opened: OpenDistrict, offering: Offering, selection: Selection) -> Classes:
    """The classes of what is selected."""
    return read_classes(
        opened.source,
        opened.request.integration.spec,
        offering,
        selection,
        opened.days,
        before=ClassMemory.decode(opened.district.state.classes),
        former=opened.ledger.former_accounts(opened.district),
        take_snapshot=opened.take_snapshot,
    )


def changes_of(opened: OpenDistrict, classes: Classes) -> RosterRead | None:
    """What changed since the last sync; None if it left nothing to go on from. Raises `NotRead`."""
    source, watermark = opened.source, opened.watermark
    if watermark is None or not isinstance(source, TellsChanges):
        return None
    if scope_of(classes.table) != watermark.scope:
        raise NotRead(FullReadReason.SCOPE_CHANGED)
    known = opened.request.integration.status.roster
    enrollments = known.enrollments if known is not None else 0
    keep = opened.changes.extend
    found = read_changes(source, classes.table, opened.days, watermark, keep, enrollments=enrollments)
    return replace(
        found,
        proofs={**classes.proofs, **found.proofs},
        next_changes=(*found.next_changes, classes.terms.next_change),
        settling=classes.settling,
    )


def everything_of(
    opened: OpenDistrict, classes: Classes, grew: Callable[[int, int], None]
) -> tuple[RosterRead, canary.Persons]:
    """The roster in full, and what gives the persons who changed; `grew`: see `Environment`."""
    spec = opened.request.integration.spec
    roster, revision = read_everything(
        opened.source,
        classes,
        opened.days,
        partial(_to_compare, opened),
        opened.changes.extend,
        one_person=spec.matching.same_login is SameLogin.ONE_PERSON,
        declared=declared_login(spec.matching),
        grew=grew,
    )
    if spec.source.delta is not None:
        roster = replace(roster, classes=scope_of(classes.table))
    return roster, partial(revision.of, opened.changes)


def _to_compare(opened: OpenDistrict) -> Iterable[State]:
    """Where ids are another source's, as if everybody had changed."""
    states = opened.person_states()
    return ((key, 0) for key, _ in states) if opened.ids_of_another_source else states


def live_first(opened: OpenDistrict, classes: Classes, persons: canary.Persons) -> LiveFirst | None:
    """Who of `persons` is live before the others; None if all are."""
    if not opened.restricted:
        return None
    district, ledger = opened.district, opened.ledger
    return LiveFirst(
        schools=classes.selection.canary,
        known=frozenset(key for key, _ in opened.person_states()),
        persons=persons,
        accounts=frozenset(each.id for each in ledger.former_accounts(district)),
        unlinked=tuple(ledger.unlinked_accounts(district)),
        match=opened.request.integration.spec.matching.by,
        served=tuple(ledger.served_accounts(district)) if opened.ids_of_another_source else (),
    )
