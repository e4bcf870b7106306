"""Each vendor has a page that says what its profile says, how sure that is, and what to paste where."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.docs.pages import blocks
from tests.docs.vendor_facts import FOLDER, HEADING, listed, page_of, table, written
from tests.sources.vendors.sis import by_access_token

from roster_operator import vendors
from roster_operator.api import reasons
from roster_operator.api.strict import parse
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.sources.vendor_profile import profile_of


def page(vendor: str) -> str:
    return (FOLDER / page_of(vendor)).read_text("utf-8")


@pytest.mark.parametrize("vendor", vendors.names())
def test_the_facts_are_those_of_the_profile(vendor: str) -> None:
    text = page(vendor)
    assert text.count(HEADING) == 1
    assert table(profile_of(vendor)) in text, "python -m tests.docs.vendor_facts writes it anew"
    assert written(text, profile_of(vendor)) == text


@pytest.mark.parametrize("vendor", vendors.names())
def test_the_words_are_those_of_the_product(vendor: str) -> None:
    words = profile_of(vendor).words.value
    text = page(vendor)
    shown = [words.token] if by_access_token(vendor) else [words.key, words.secret]
    assert all(f"**{word}**" in text for word in shown)


@pytest.mark.parametrize("vendor", vendors.names())
def test_the_manifest_to_write_is_of_this_vendor(vendor: str) -> None:
    manifests = [
        manifest
        for block in blocks(page(vendor))
        if block.language == "yaml"
        for manifest in yaml.safe_load_all(block.text)
    ]
    integrations = [manifest for manifest in manifests if manifest["kind"] == "RosterIntegration"]
    secrets = [manifest for manifest in manifests if manifest["kind"] == "Secret"]
    assert integrations
    assert secrets
    for manifest in integrations:
        assert parse(RosterIntegration, manifest, where=vendor).spec.source.vendor == vendor


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_whoever_pastes_an_example_begins_in_setup_mode_and_in_the_time_zone_of_the_district(path: Path) -> None:
    yaml_blocks = [block.text for block in blocks(path.read_text("utf-8")) if block.language == "yaml"]
    manifests = [manifest for text in yaml_blocks for manifest in yaml.safe_load_all(text)]
    for spec in [each["spec"] for each in manifests if each.get("kind") == "RosterIntegration"]:
        assert (spec["live"], bool(spec["timeZone"])) == (False, True)
    assert path.stem == "README" or any(each.get("kind") == "RosterIntegration" for each in manifests)


@pytest.mark.parametrize("vendor", vendors.names())
def test_what_goes_wrong_is_shown_by_its_reason(vendor: str) -> None:
    wrong = page(vendor).partition("## What goes wrong")[2].partition("\n## ")[0]
    known = {value for name, value in vars(reasons).items() if name.isupper()}
    assert len({word for word in known if f"`{word}`" in wrong}) >= 2


def test_the_list_of_vendors_leads_to_every_page() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    assert listed() in text, "python -m tests.docs.vendor_facts writes it anew"
    assert all(f"({page_of(vendor)})" in text for vendor in vendors.names())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_whoever_pastes_a_manifest_begins_in_setup_mode_and_in_the_districts_own_time_zone(path: Path) -> None:
    for block in blocks(path.read_text("utf-8")):
        for manifest in yaml.safe_load_all(block.text) if block.language == "yaml" else ():
            if manifest.get("kind") == "RosterIntegration":
                assert manifest["spec"]["live"] is False
                assert manifest["spec"]["timeZone"] == "America/Chicago"
