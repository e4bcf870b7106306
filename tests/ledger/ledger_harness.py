"""A district's books as tests see them: what a roster says, what the ledger holds, a sync in between."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, create_engine, insert, select, text, update
from tests.support.ledgers import new_ledger

from roster_operator.api.v1alpha1 import MatchKey
from roster_operator.ledger.interface.district import District, DistrictState
from roster_operator.ledger.interface.sync import Changes, MetApproval, PlannedSync, Run, Shown
from roster_operator.ledger.schema import accounts, districts, identity, licenses, metadata, person_states
from roster_operator.licensing.models import Applied, Claim, Edition, Entitlement, Hold, PersonChange, Plan

NOW = datetime(2026, 8, 12, 6, 0, tzinfo=UTC)
CLAIM = Claim(owner="districts/springfield", source="sis.springfield.example/aeries")
BY_ALL = (MatchKey.SOURCED_ID, MatchKey.USERNAME, MatchKey.EMAIL)
NOBODY = Changes((), BY_ALL)
ALGEBRA = Entitlement("algebra", Edition.STUDENT)
GEOMETRY = Entitlement("geometry", Edition.STUDENT)
CALCULUS = Entitlement("calculus", Edition.STUDENT)


def person(
    key: str,
    *entitlements: Entitlement,
    username: str | None = None,
    email: str = "",
    identifier: str = "",
    schools: tuple[str, ...] = ("north",),
    kind: str = "Student",
) -> PersonChange:
    """Somebody of the roster; the username is the key unless given. The digest is of all else, as the fold has it."""
    change = PersonChange(
        key=key,
        kind=kind,
        username=key if username is None else username,
        email=email,
        identifier=identifier,
        schools=schools,
        entitlements=entitlements or (ALGEBRA,),
    )
    facts = repr(msgspec.structs.astuple(change)).encode()
    digest = zlib.crc32(facts) << 32 | zlib.adler32(facts)
    return msgspec.structs.replace(change, digest=digest)


def gone(key: str) -> PersonChange:
    """Somebody who left the roster."""
    return PersonChange(key=key, gone=True)


def run(at: datetime = NOW, proof: str = "{}") -> Run:
    """A sync for the journal."""
    return Run(id=str(uuid.uuid4()), started=at, finished=at + timedelta(seconds=3), proof=proof)


@dataclass(frozen=True)
class Synced:
    """What a sync planned, and did."""

    plan: Plan
    applied: Applied | None = None


class Books:
    """The ledger of one district and a look behind it."""

    def __init__(self, url: str, claim: Claim = CLAIM) -> None:
        self.url = url
        self.claim = claim
        # Patient, because the machine may be busy: nobody is told that a writer of SQLite took long.
        self.ledger = new_ledger(url, patience=120)
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))

    def close(self) -> None:
        self.ledger.close()
        self._engine.dispose()

    def district(self) -> District:
        return self.ledger.district(self.claim)

    @property
    def district_id(self) -> int:
        found = self.district().id
        assert found is not None
        return found

    @contextmanager
    def planned(
        self,
        changes: Iterable[PersonChange],
        *,
        live: bool = True,
        match: Sequence[MatchKey] = BY_ALL,
        district: District | None = None,
        **how: Any,
    ) -> Iterator[PlannedSync]:
        """A sync of exactly these changes, up to its plan. `how`: see `Changes`."""
        taken = Changes(changes, match, **how)
        with self.ledger.plan(self.claim, district or self.district(), taken, live=live, now=NOW) as planned:
            yield planned

    def stage(
        self,
        changes: Iterable[PersonChange],
        *,
        live: bool = True,
        hold: Hold | None = None,
        match: Sequence[MatchKey] = BY_ALL,
        at: datetime = NOW,
        proof: str = "{}",
        state: DistrictState | None = None,
        approval: str = "",
        **how: Any,
    ) -> Synced:
        """One sync of exactly these changes. `state`: what it leaves for the next; as the last one, unless given."""
        district = self.district()
        left = replace(district.state, watermark=None) if state is None else state
        with self.planned(changes, live=live, match=match, district=district, **how) as planned:
            waits, met = hold or Hold(), None
            if approval:
                met = MetApproval(approval, True, planned.consent(approval, waits))
                waits = Hold() if met.consent.is_whole else waits
            return Synced(planned.plan, planned.apply(run(at, proof), waits, left, met) if live else None)

    def changes(self, roster: Iterable[PersonChange]) -> list[PersonChange]:
        """What a reconcile finds when it compares a whole roster with the states of the last sync."""
        district = self.district()
        states = dict(self.ledger.person_states(district.id)) if district.id is not None else {}
        changed = [who for who in roster if states.pop(who.key, None) != who.digest]
        return changed + [gone(key) for key in states]

    def sync(
        self,
        roster: Iterable[PersonChange],
        *,
        live: bool = True,
        hold: Hold | None = None,
        at: datetime = NOW,
        proof: str = "{}",
        approval: str = "",
    ) -> Synced:
        """One sync of a whole roster. `approval`: of that plan, of what `hold` makes wait."""
        return self.stage(self.changes(roster), live=live, hold=hold, at=at, proof=proof, approval=approval)

    def show(self, roster: Iterable[PersonChange], at: datetime = NOW) -> str:
        """The digest of the plan that setup mode shows."""
        district = self.district()
        with self.planned(self.changes(roster), live=False, district=district) as planned:
            shown = Shown(planned.plan.digest, planned.removals())
        self.ledger.show(district, shown, at, None)
        return shown.digest

    def approves(self, digest: str, hold: Hold, roster: Iterable[PersonChange]) -> bool:
        """Whether an approval of `digest` would let go what `hold` makes wait; nothing is applied."""
        changes = self.changes(roster)
        with self.planned(changes) as planned:
            return planned.consent(digest, hold).is_whole

    @property
    def dialect(self) -> Dialect:
        """Of the database."""
        return self._engine.dialect

    def licenses(self) -> set[tuple[str, str, str]]:
        """Username of the account (sourcedId if it has none), eBook, origin."""
        rows = self.rows("""
            SELECT COALESCE(NULLIF(username, ''), sourced_id), ebook, origin
              FROM licenses JOIN accounts ON accounts.id = licenses.account_id
        """)
        return set(rows)

    def journal(self) -> list[tuple[str, str, str, str]]:
        """Username, eBook, change, why; in order."""
        return self.rows("""
            SELECT username, ebook, change, why FROM license_changes JOIN accounts ON accounts.id = account
             ORDER BY position
        """)

    def links(self) -> dict[str, str | None]:
        """Username to sourcedId, of all accounts."""
        return dict(self.rows("SELECT username, sourced_id FROM accounts"))

    def rows(self, query: str) -> list[Any]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def dump(self) -> dict[str, list[Any]]:
        """Everything that is stored of districts."""
        with self._engine.connect() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(select(table))))
                for table in metadata.sorted_tables
                if table is not identity
            }

    def write(self, statement: str, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(statement), values)

    def account(
        self,
        username: str,
        *,
        held: tuple[Entitlement, ...] = (),
        email: str = "",
        sourced_id: str | None = None,
        origin: str = "Manual",
    ) -> None:
        """An account from before, with the licenses that it holds."""
        with self._engine.begin() as connection:
            district_id = self._known_district(connection)
            account = connection.execute(
                insert(accounts)
                .values(
                    district_id=district_id,
                    sourced_id=sourced_id,
                    username=username,
                    email=email,
                    username_key=username.strip().lower(),
                    email_key=email.strip().lower(),
                    created=NOW,
                )
                .returning(accounts.c.id)
            ).scalar_one()
            for ebook, edition in held:
                connection.execute(
                    insert(licenses).values(
                        district_id=district_id,
                        account_id=account,
                        ebook=ebook,
                        edition=edition,
                        origin=origin,
                        since=NOW,
                    )
                )

    def make_sticky(self, sourced_id: str, entitlement: Entitlement) -> None:
        """Give a sticky license, as the command will that edits them, or make one of an existing license."""
        with self._engine.begin() as connection:
            mine = (accounts.c.sourced_id == sourced_id) & (accounts.c.district_id == self.district_id)
            account = connection.execute(select(accounts).where(mine)).one()
            where = (licenses.c.account_id == account.id, licenses.c.ebook == entitlement.ebook)
            if connection.execute(update(licenses).where(*where).values(origin="Sticky")).rowcount == 0:
                connection.execute(
                    insert(licenses).values(
                        district_id=account.district_id,
                        account_id=account.id,
                        ebook=entitlement.ebook,
                        edition=entitlement.edition,
                        origin="Sticky",
                        since=NOW,
                    )
                )
            state = (person_states.c.district_id == account.district_id) & (person_states.c.key == sourced_id)
            connection.execute(update(person_states).where(state).values(digest=0))

    def _known_district(self, connection: Connection) -> int:
        known: int | None = connection.scalar(select(districts.c.id).where(districts.c.source == self.claim.source))
        if known is not None:
            return known
        values = {"source": self.claim.source, "owner": None, "version": 0, "created": NOW}
        created: int = connection.execute(insert(districts).values(values).returning(districts.c.id)).scalar_one()
        return created
