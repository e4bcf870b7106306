"""What persons are by roles.csv, a few bytes for each (OneRoster 1.2 CSV, section 4.11)."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from roster_operator.roster.models import Role


class Roles:
    """Give all rows of roles.csv, then `settle`, then ask.

    A person has the role of their primary row, else of a secondary one. One whose primary rows differ, such as a
    student who teaches at another school, has none: then the enrollment decides.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._students = array("q")
        """Hashes of those who are nothing else: nearly everybody, so 8 bytes each."""
        self._others: dict[int, tuple[bool, Role]] = {}

    def add(self, person_id: str, role: Role, *, primary: bool) -> None:
        """Take a row."""
        key = hash(person_id)
        if role is Role.STUDENT and primary and key not in self._others:
            self._students.append(key)
            return
        known = self._others.get(key)
        if known is None or (primary and not known[0]):
            self._others[key] = (primary, role)
        elif primary == known[0] and role is not known[1]:
            self._others[key] = (primary, Role.UNKNOWN)

    def settle(self) -> None:
        """All rows were given."""
        self._students = array("q", sorted(self._students))
        for key, (primary, role) in self._others.items():
            if self._is_student(key):
                self._others[key] = (True, Role.STUDENT if not primary or role is Role.STUDENT else Role.UNKNOWN)

    def of(self, person_id: str) -> Role:
        """What a person is."""
        key = hash(person_id)
        known = self._others.get(key)
        if known is not None:
            return known[1]
        return Role.STUDENT if self._is_student(key) else Role.UNKNOWN

    def _is_student(self, key: int) -> bool:
        at = bisect_left(self._students, key)
        return at < len(self._students) and self._students[at] == key
