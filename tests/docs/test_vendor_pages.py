"""Each vendor has a page that says what its profile says, how sure that is, and what to paste where."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.docs.pages import blocks
from tests.docs.vendor_facts import FOLDER, HEADING, PAGE_OF, table, written

from roster_operator.api import reasons
from roster_operator.api.strict import parse
from roster_operator.api.v1alpha1 import RosterIntegration, Vendor
from roster_operator.sources.vendors import profile_of


def page(vendor: Vendor) -> str:
    return (FOLDER / PAGE_OF[vendor]).read_text("utf-8")


@pytest.mark.parametrize("vendor", Vendor)
def test_the_facts_are_those_of_the_profile(vendor: Vendor) -> None:
    text = page(vendor)
    assert text.count(HEADING) == 1
    assert table(profile_of(vendor)) in text, "python -m tests.docs.vendor_facts writes it anew"
    assert written(text, profile_of(vendor)) == text


@pytest.mark.parametrize("vendor", Vendor)
def test_the_words_are_those_of_the_product(vendor: Vendor) -> None:
    words = profile_of(vendor).words.value
    text = page(vendor)
    shown = [words.token] if vendor is Vendor.CLASSLINK_PROXY else [words.key, words.secret]
    assert all(f"**{word}**" in text for word in shown)


@pytest.mark.parametrize("vendor", Vendor)
def test_the_manifest_to_write_is_of_this_vendor(vendor: Vendor) -> None:
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
        assert parse(RosterIntegration, manifest, where=vendor).spec.source.vendor is vendor


@pytest.mark.parametrize("vendor", Vendor)
def test_what_goes_wrong_is_shown_by_its_reason(vendor: Vendor) -> None:
    wrong = page(vendor).partition("## What goes wrong")[2].partition("\n## ")[0]
    known = {value for name, value in vars(reasons).items() if name.isupper()}
    assert len({word for word in known if f"`{word}`" in wrong}) >= 2


def test_the_list_of_vendors_leads_to_every_page() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    assert all(f"({name})" in text for name in PAGE_OF.values())
    assert sorted(PAGE_OF) == sorted(Vendor)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_whoever_pastes_a_manifest_begins_in_setup_mode_and_in_the_districts_own_time_zone(path: Path) -> None:
    for block in blocks(path.read_text("utf-8")):
        for manifest in yaml.safe_load_all(block.text) if block.language == "yaml" else ():
            if manifest.get("kind") == "RosterIntegration":
                assert manifest["spec"]["live"] is False
                assert manifest["spec"]["timeZone"] == "America/Chicago"
