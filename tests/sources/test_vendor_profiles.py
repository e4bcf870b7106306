"""A vendor's profile is what holds where the spec says nothing, and what the spec says overrides it."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roster_operator import vendors
from roster_operator.api.v1alpha1 import (
    Filter,
    RosterSourceSpec,
)
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.oneroster.settings import OneRosterSettings
from roster_operator.sources.source import Section
from roster_operator.sources.terminology import Words
from roster_operator.sources.vendor_profile import Profile, profile_of

ROOT = Path(__file__).resolve().parents[2]
BASE_URL = "https://sis.example.org"


def spec(**given: Any) -> RosterSourceSpec:
    return RosterSourceSpec.model_validate({"baseURL": BASE_URL, "secretRef": {"name": "sis"}, **given})


def converted(**changes: Any) -> Profile:
    return msgspec.convert({**msgspec.to_builtins(profile_of("Aeries")), **changes}, type=Profile)


def test_a_vendor_is_a_file_and_the_api_knows_it_by_its_name() -> None:
    files = (ROOT / "operator" / "roster_operator" / "vendors").glob("*.toml")
    assert set(vendors.names()) == {file.stem for file in files}
    assert all(spec(vendor=vendor).vendor == vendor for vendor in vendors.names())
    with pytest.raises(ValueError, match="must be 'Generic', 'Aeries'"):
        spec(vendor="Aereis")


@pytest.mark.parametrize("vendor", vendors.names())
def test_only_a_vendor_with_applications_takes_the_id_of_one(vendor: str) -> None:
    given = {"vendor": vendor, "applicationID": "springfield"}
    if profile_of(vendor).applications.value:
        assert oneroster_settings(spec(**given)).application_id == "springfield"
    else:
        with pytest.raises(ValueError, match="ClassLinkProxy or InfiniteCampus"):
            spec(**given)


def test_profiles_are_part_of_what_is_installed() -> None:
    package = ROOT / "operator" / "roster_operator"
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    installed = {path for pattern in declared["roster_operator"] for path in package.glob(pattern)}
    profiles = set(package.rglob("*.toml"))
    assert len(profiles) == len(vendors.names())
    assert profiles <= installed


def test_generic_is_what_a_source_does_without_a_profile() -> None:
    assert oneroster_settings(spec()) == OneRosterSettings(base_url=BASE_URL)


OVERRIDES: dict[str, Any] = {
    "version": "1.2",
    "application_id": "springfield",
    "auth": "OAuth2",
    "token_url": "https://login.example.org/token?appName=cpm",
    "scope": "roster",
    "token_request": {"credentials": "Body", "parameters": "Query"},
    "content_type": "JSON",
    "page_size": 7,
    "concurrency": 11,
    "request_timeout": timedelta(seconds=5),
    "missing_routes": ("terms",),
    "filters": ("status",),
    "end_dates": "Inclusive",
}


def test_every_field_of_a_profile_can_be_overridden() -> None:
    expected = {
        **{name: value for name, value in OVERRIDES.items() if name not in {"token_request", "concurrency"}},
        "token_credentials": "Body",
        "token_parameters": "Query",
        "max_concurrency": 11,
        "request_timeout": 5.0,
        "missing_routes": frozenset({"terms"}),
        "filters": frozenset({"status"}),
    }
    overridden = oneroster_settings(spec(vendor="InfiniteCampus", **OVERRIDES))
    assert {name: getattr(overridden, name) for name in expected} == expected
    facts = {field.name for field in fields(OneRosterSettings)} & {f.name for f in msgspec.structs.fields(Profile)}
    assert facts - expected.keys() == {"paths", "applications", "discovery", "token_urls", "words"}


def test_what_is_not_known_of_filters_is_left_to_the_server() -> None:
    assert oneroster_settings(spec(vendor="Skyward")).filters is None
    assert oneroster_settings(spec(vendor="ClassLink")).filters == frozenset()
    told = oneroster_settings(spec(vendor="ClassLink", filters=["status"]))
    assert told.filters == frozenset({Filter.STATUS})


def test_nothing_is_an_override_too() -> None:
    aeries = oneroster_settings(spec(vendor="Aeries", scope="", missingRoutes=[], filters=[]))
    assert (aeries.scope, aeries.missing_routes, aeries.filters) == (None, frozenset(), frozenset())
    assert oneroster_settings(spec(vendor="Aeries")) == replace(
        aeries,
        scope=profile_of("Aeries").scope.value,
        missing_routes=frozenset(profile_of("Aeries").missing_routes.value),
        filters=frozenset({Filter.DATE_LAST_MODIFIED}),
    )


@pytest.mark.parametrize("vendor", vendors.names())
def test_each_profile_says_in_the_products_words_what_to_share(vendor: str) -> None:
    words = profile_of(vendor).wording
    said = [words.share(section) for section in Section]
    assert len(set(said)) == len(Section)
    assert not any("{" in sentence for sentence in said)
    assert vendor == vendors.GENERIC or words != Words()


def test_the_areas_of_aeries_are_named() -> None:
    assert "area TRM" in profile_of("Aeries").wording.share(Section.SCHEDULES)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"page_sise": {"value": 1, "confidence": "H", "source": "a page"}}, "unknown field"),
        ({"page_size": 100}, "Expected `object`"),
        ({"page_size": {"value": 0, "confidence": "H", "source": "a page"}}, ">= 1"),
        ({"page_size": {"value": 1, "confidence": "?", "source": "a page"}}, "Invalid enum value"),
        ({"page_size": {"value": 1, "confidence": "H"}}, "missing required field `source`"),
        ({"auth": {"value": "Basic", "confidence": "H", "source": "a page"}}, "Invalid enum value"),
        ({"token_urls": {"value": ["http://x.org/t"], "confidence": "H", "source": "a page"}}, "matching regex"),
        ({"token_urls": {"value": ["{base}/token"], "confidence": "H", "source": "a page"}}, "matching regex"),
        ({"token_urls": {"value": ["{root}/t?x={y}"], "confidence": "H", "source": "a page"}}, "unknown variables"),
        ({"scope": {"value": "a/{v}", "confidence": "H", "source": "a page"}}, "unknown variables"),
        ({"paths": {"value": {"Auto": ["/x"]}, "confidence": "H", "source": "a page"}}, "those of a version"),
        ({"paths": {"value": {"1.1": []}, "confidence": "H", "source": "a page"}}, "length >= 1"),
    ],
)
def test_a_profile_with_a_mistake_is_refused(change: dict[str, Any], says: str) -> None:
    assert converted() == profile_of("Aeries")
    with pytest.raises(msgspec.ValidationError, match=says):
        converted(**change)
