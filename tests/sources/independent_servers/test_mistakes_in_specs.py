"""What a schema cannot see in a spec: the status names it, in words that lead to what is right."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.oneroster_v1p1 import Stranger

from roster_operator.api.v1alpha1 import RosterSourceSpec
from roster_operator.errors import CredentialsMissing
from roster_operator.sources.from_secret import credentials_from

pytestmark = pytest.mark.slow

ALGEBRA = [{"code": "MA101", "ebooks": ["algebra"]}]


@pytest.mark.parametrize(
    ("spec", "reason", "says"),
    [
        ({"timeZone": "Mars/Olympus"}, "InvalidSpec", ["spec.timeZone", "Mars/Olympus", "America/Chicago"]),
        (
            {"schools": [{"name": "School X"}]},
            "InvalidSpec",
            ['school name "School X" is not offered', "status.catalog"],
        ),
        ({"schools": [{"id": "d"}]}, "InvalidSpec", ['school id "d" is of the type district, and has no class']),
        ({"schools": [{"id": "s-2"}, {"id": "d"}]}, "Unresolved", ['school id "d" is of the type district']),
        ({"schools": [{"id": "s-2"}, {"id": "s-3"}]}, "Unresolved", ['school id "s-3" is not offered']),
        ({"courses": [{"code": "MA999", "ebooks": ["algebra"]}]}, "InvalidSpec", ['course code "MA999"']),
        ({"courses": [*ALGEBRA, {"name": "Maths", "ebooks": ["algebra"]}]}, "Unresolved", ['course name "Maths"']),
        (
            {"courses": [{"code": "MA101", "ebooks": ["algbera"]}]},
            "InvalidSpec",
            ["No EBook is named algbera", "create"],
        ),
        ({"courses": [{"code": "MA101", "ebooks": ["algebra", "x"]}]}, "Unresolved", ["No EBook is named x"]),
    ],
    ids=str,
)
def test_a_name_that_stands_for_nothing_is_named_and_nothing_is_removed(
    scene: Scene, spec: dict[str, Any], reason: str, says: list[str]
) -> None:
    scene.reconcile()
    before = scene.licenses()
    scene.change_spec(**spec)
    scene.reconcile()
    assert scene.condition("Ready") == ("False", reason)
    assert [text for text in says if text.lower() not in scene.message("Ready").lower()] == [], scene.message("Ready")
    assert scene.licenses() == before


@pytest.mark.parametrize(
    ("source", "reason", "says"),
    [
        ({"baseURL": "{origin}/wrong"}, "WrongURL", "District: check the base URL"),
        ({"baseURL": "{origin}/ims/oneroster/v1p1/schools/"}, "Synced", ""),
        ({"baseURL": "http://localhost:1"}, "SourceUnreachable", "District: see whether the SIS is up"),
        ({"baseURL": "https://nowhere.invalid"}, "SourceUnreachable", "cannot be resolved"),
        ({"auth": "OAuth1"}, "CredentialsRejected", "District: compare them"),
        ({"auth": "Bearer"}, "CredentialsMissing", "holds no token"),
        ({"auth": "OAuth2", "tokenURL": "{origin}/nope"}, "WrongURL", "Publisher: set spec.source.tokenURL"),
    ],
    ids=str,
)
def test_a_source_that_is_wrong_is_told_by_what_is_wrong_with_it(
    scene: Scene, stranger: Stranger, source: dict[str, str], reason: str, says: str
) -> None:
    there = {field: value.replace("{origin}", stranger.origin) for field, value in source.items()}
    scene.change_spec(source={**scene.spec["source"], **there})
    scene.reconcile()
    assert scene.condition("Ready")[1] == reason, scene.message("Ready")
    assert says in scene.message("Ready")


def test_a_secret_with_misspelt_keys_is_told_by_their_names_alone() -> None:
    source = RosterSourceSpec.model_validate({"baseURL": "https://sis.example.org", "secretRef": {"name": "sis"}})
    found = credentials_from({"clientId": b"the-key", "client_secret": b"the-secret"}, "Secret d/sis", source)
    assert isinstance(found, CredentialsMissing)
    assert "lacks clientID and clientSecret, and has clientId, client_secret instead" in found.message
    assert "the-" not in found.message
