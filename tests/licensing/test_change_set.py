"""A set of changes has one digest, and any other set has another."""

from __future__ import annotations

import hashlib

import pytest

from roster_operator.licensing.change_set import Change, LicenseChange, digest_of

SCOPE = ("districts/springfield", "sis.example.org")
GONE = LicenseChange(Change.REVOKED, 7, "algebra", "Student", 31)
COMES = LicenseChange(Change.GRANTED, 7, "geometry", "Student")


def test_the_same_changes_have_the_same_digest() -> None:
    digest = digest_of(SCOPE, [GONE, COMES])
    assert digest == digest_of(SCOPE, iter([GONE, COMES]))
    assert digest.startswith("plan-")
    assert len(digest) == 29


@pytest.mark.parametrize(
    "others",
    [
        [],
        [GONE],
        [COMES, GONE],
        [GONE, COMES._replace(holder=8)],
        [GONE, COMES._replace(holder="7")],
        [GONE, COMES._replace(ebook="calculus")],
        [GONE, COMES._replace(edition="Teacher")],
        [GONE, COMES, COMES],
        [GONE._replace(change=Change.GRANTED), COMES],
        [GONE._replace(license=32), COMES],
    ],
)
def test_any_other_set_has_another(others: list[LicenseChange]) -> None:
    assert digest_of(SCOPE, others) != digest_of(SCOPE, [GONE, COMES])


def test_the_same_changes_elsewhere_or_as_of_another_time_are_another_set() -> None:
    digests = {digest_of(scope, [GONE]) for scope in (SCOPE, (*SCOPE, 1), (*SCOPE, 2), SCOPE[::-1])}
    assert len(digests) == 4


def test_no_id_of_a_person_passes_for_two_changes() -> None:
    two = [COMES._replace(holder="ann"), COMES._replace(holder="bob")]
    forged = COMES._replace(holder='ann", "geometry", "Student"]\n+["bob')
    assert digest_of(SCOPE, [forged]) != digest_of(SCOPE, two)


def test_removals_that_were_approved_before_are_still_approved() -> None:
    as_ever = hashlib.sha256(b"districts/springfield\nsis.example.org\n31:7:algebra:Student\n").hexdigest()
    assert digest_of(SCOPE, [GONE]) == f"plan-{as_ever[:24]}"
