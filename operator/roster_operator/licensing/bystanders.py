"""Who holds a license from before go-live, and is at no school of the spec: their licenses are not this resource's.

A license from before is replaced by what the roster says. Of somebody at a school that the spec does not name the
roster says nothing, so the license stays. An account does not tell its school; the roster does, of whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import NamedTuple

from roster_operator.licensing.eligibility import STAFF
from roster_operator.roster.models import ClassSection, Enrollment, Enrollments, People, Person, Status


class KnownAccount(NamedTuple):
    """An account of the ledger, as persons of a reading are held against it."""

    id: int
    key: str
    """The sourcedId, if it is known."""
    username: str
    email: str
    """Both as they are compared: in lower case, without blanks around."""
    identifier: str = ""

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"KnownAccount({self.id})"


class Bystanders:
    """Finds them, while the roster is read: give classes, then enrollments, then persons."""

    def __init__(self, accounts: Iterable[KnownAccount], schools: Set[str], *, lists_selected_only: bool) -> None:
        """`schools`: the ids of the selected ones; `lists_selected_only`: who is at another one is not listed."""
        self._accounts = list(accounts)
        self._schools = schools
        self._lists_selected_only = lists_selected_only
        self._classes: set[str] = set()
        """At the selected schools, in scope or not."""
        self._here: set[int] = set()
        """Who is or was in one of these classes, by a number that stands for the id."""
        self._by_login: dict[str, list[int]] = {}
        for account in self._accounts:
            for login in {account.username, account.email, account.key} - {""}:
                self._by_login.setdefault(login, []).append(account.id)
        self._met: set[int] = set()
        """Accounts of persons who are listed and may be at one of the selected schools."""
        self._elsewhere: set[int] = set()
        """Accounts of persons who are listed and in no class there."""
        self._staff_elsewhere: set[str] = set()
        """Who teaches or helps in other classes and was not described so far; aides, for one, are in no list."""

    def see_classes(self, page: Iterable[ClassSection]) -> None:
        """Take classes."""
        self._classes.update(section.id for section in page if section.school_id in self._schools)

    def enroll(self, page: Iterable[Enrollment]) -> None:
        """Take enrollments; what has ended counts too, as nobody changes school by it."""
        enrollments = Enrollments.of(page)
        classes = self._classes
        self._here.update(
            hash(person)
            for person, section in zip(enrollments.persons, enrollments.classes, strict=True)
            if section in classes
        )
        if not self._lists_selected_only:
            self._staff_elsewhere.update(
                person
                for person, section, said in zip(
                    enrollments.persons, enrollments.classes, enrollments.parts, strict=True
                )
                if said.role in STAFF and section not in classes
            )

    def describe(self, page: Iterable[Person]) -> None:
        """Take persons. Who has left the SIS is at no school, and tells nothing."""
        known = self._by_login
        for key, (_, status, _), username, email, _ in People.of(page).columns:
            self._staff_elsewhere.discard(key)
            logins = (key, username.strip().lower(), email.strip().lower())
            accounts = [account for login in logins for account in known.get(login, ())]
            if accounts and status is not Status.GONE:
                here = self._lists_selected_only or hash(key) in self._here
                (self._met if here else self._elsewhere).update(accounts)

    def not_listed(self) -> frozenset[str]:
        """All lists were given: ids of persons to `describe` still, if any account may be theirs."""
        unmet = {account.id for account in self._accounts} - self._met - self._elsewhere
        return frozenset(self._staff_elsewhere) if unmet else frozenset()

    def leave_unmet(self) -> None:
        """Who is `not_listed` cannot be described: every account that was not met may be theirs."""
        self._elsewhere.update(account.id for account in self._accounts)

    @property
    def accounts(self) -> frozenset[int]:
        """Whose licenses from before are to be left alone, once all was given."""
        if self._lists_selected_only:
            return frozenset(account.id for account in self._accounts) - self._met
        return frozenset(self._elsewhere - self._met)
