"""A district of either version of OneRoster, or of both, is read without being told which."""

from __future__ import annotations

import pytest
from tests.sources.support.opened import opened, read

from district_simulator import SimulatedDistrict
from roster_operator.api.v1alpha1.choices import OneRosterVersion
from roster_operator.errors import ScopeRejected
from roster_operator.roster.models import Role
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import Complete


@pytest.mark.parametrize("served", ["1.1", "1.2", "both"])
def test_the_version_is_found_out_although_scopes_differ(served: str) -> None:
    with SimulatedDistrict(30, seed=7, version=served) as district:  # type: ignore[arg-type]
        with opened(district.base_url, credentials=Credentials(district.client_id, district.client_secret)) as source:
            assert not source.probe().refused
            people, outcome = read(source.people())
        known = {person.sourced_id: person.email for person in district.persons()}

    assert isinstance(outcome, Complete)
    assert {person.id: person.email for person in people if person.role in {Role.STUDENT, Role.TEACHER}} == {
        sourced_id: email for sourced_id, email in known.items() if sourced_id[0] in "ST"
    }


def test_a_version_that_was_asked_for_is_not_left_for_another() -> None:
    with SimulatedDistrict(30, seed=7, version="1.2") as district:
        keys = Credentials(district.client_id, district.client_secret)
        with (
            opened(district.base_url, credentials=keys, version=OneRosterVersion.V1_1) as source,
            pytest.raises(ScopeRejected),
        ):
            source.probe()
