"""Districts paste their base URL in every form; all lead to the API, or to a message that says what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from roster_operator.api.v1alpha1 import RosterSourceSpec
from roster_operator.api.v1alpha1.choices import OneRosterVersion
from roster_operator.errors import InvalidSpec
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.oneroster.settings import OneRosterSettings
from roster_operator.sources.oneroster.urls import ApiBase, district_of, possible_bases

V = "/ims/oneroster/v1p1"
V2 = "/ims/oneroster/rostering/v1p2"


def normalise(pasted: str) -> ApiBase:
    return possible_bases(OneRosterSettings(base_url=pasted))[0]


@pytest.mark.parametrize(
    ("pasted", "api", "root"),
    [
        ("https://x.example.org", f"https://x.example.org{V}", "https://x.example.org"),
        ("https://x.example.org/", f"https://x.example.org{V}", "https://x.example.org"),
        ("  https://x.example.org/aeries/ \n", f"https://x.example.org/aeries{V}", "https://x.example.org/aeries"),
        ("x.example.org/aeries", f"https://x.example.org/aeries{V}", "https://x.example.org/aeries"),
        (f"https://x.example.org{V}", f"https://x.example.org{V}", "https://x.example.org"),
        (f"https://x.example.org{V}/", f"https://x.example.org{V}", "https://x.example.org"),
        (f"https://x.example.org/a{V}/users?limit=1", f"https://x.example.org/a{V}", "https://x.example.org/a"),
        (f"https://x.example.org{V}/schools/5/classes", f"https://x.example.org{V}", "https://x.example.org"),
        (
            "https://x.example.org/IMS/OneRoster/v1p1",
            "https://x.example.org/IMS/OneRoster/v1p1",
            "https://x.example.org",
        ),
        ("https://x.example.org/ims/oneroster", f"https://x.example.org{V}", "https://x.example.org"),
        ("https://x.example.org/ims", f"https://x.example.org{V}", "https://x.example.org"),
        (
            "https://x.example.org/campus/api/oneroster/v1p1",
            "https://x.example.org/campus/api/oneroster/v1p1",
            "https://x.example.org/campus/api",
        ),
        ("https://x.example.org/learningdata/v1", "https://x.example.org/learningdata/v1", "https://x.example.org"),
        (f"https://x.example.org/s{V2}", f"https://x.example.org/s{V2}", "https://x.example.org/s"),
        (f"https://x.example.org{V2}/users", f"https://x.example.org{V2}", "https://x.example.org"),
        (
            "https://x.example.org/ims/oneroster/v1p2/orgs",
            "https://x.example.org/ims/oneroster/v1p2",
            "https://x.example.org",
        ),
        ("https://x.example.org/ims/oneroster/gradebook/v1p2/", f"https://x.example.org{V2}", "https://x.example.org"),
        ("https://x.example.org/ims/oneroster/rostering", f"https://x.example.org{V}", "https://x.example.org"),
        ("https://x.example.org:8443//a//b/", f"https://x.example.org:8443/a/b{V}", "https://x.example.org:8443/a/b"),
        ("https://x.example.org:443/a?x=1#y", f"https://x.example.org/a{V}", "https://x.example.org/a"),
        ("https://p.example.org/id%3D/", f"https://p.example.org/id%3D{V}", "https://p.example.org/id%3D"),
        ("http://localhost:8080", f"http://localhost:8080{V}", "http://localhost:8080"),
        ("http://127.1.2.3", f"http://127.1.2.3{V}", "http://127.1.2.3"),
        ("http://[::1]:9", f"http://[::1]:9{V}", "http://[::1]:9"),
        ("http://sis.districts.svc", f"http://sis.districts.svc{V}", "http://sis.districts.svc"),
        (
            "http://sis.districts.svc.cluster.local:80/d/0",
            f"http://sis.districts.svc.cluster.local/d/0{V}",
            "http://sis.districts.svc.cluster.local/d/0",
        ),
    ],
)
def test_every_form_leads_to_the_api(pasted: str, api: str, root: str) -> None:
    base = normalise(pasted)
    assert (base.url, base.root) == (api, root)


@pytest.mark.parametrize(
    ("pasted", "word"),
    [
        ("http://sis.example.org", "https://"),
        ("http://10.0.0.7", "https://"),
        ("http://svc.example.org", "https://"),
        ("http://localhost.example.org", "https://"),
        ("ftp://sis.example.org", "https://"),
        ("", "host name"),
        ("https://", "host name"),
        ("https://sis.example.org:99999", "port"),
        ("https://a b.example.org", "host name"),
        ("https://user:geheim@sis.example.org", "Secret"),
        ("https://sis.example.org/ims/oneroster/rostering/v1p3", "1.1 and 1.2"),
        ("https://sis.example.org/ims/oneroster/v2p0/users", "1.1 and 1.2"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(pasted: str, word: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        normalise(pasted)
    assert word in raised.value.message
    assert "geheim" not in raised.value.message


def test_messages_show_scheme_host_and_path_only() -> None:
    assert normalise("https://x.example.org/aeries?key=1").where == f"https://x.example.org/aeries{V}"


def test_identifiers_are_percent_encoded_in_routes() -> None:
    base = normalise("https://x.example.org")
    assert base.route("users", "a/b c'?#%").endswith("/users/a%2Fb%20c%27%3F%23%25")
    assert base.route("users", limit=5, offset=10).endswith("/users?limit=5&offset=10")


def urls(pasted: str, vendor: str = "Generic", **settings: Any) -> list[str]:
    spec = {"baseURL": pasted, "vendor": vendor, "secretRef": {"name": "sis"}, **settings}
    bases = possible_bases(oneroster_settings(RosterSourceSpec.model_validate(spec)))
    return [base.url.removeprefix("https://x.example.org") for base in bases]


@pytest.mark.parametrize(
    ("vendor", "pasted", "paths"),
    [
        ("Generic", "", [V, V2, "/ims/oneroster/v1p2"]),
        ("Generic", f"/sis{V2}", [f"/sis{V2}"]),
        ("Aeries", "/aeries", [f"/aeries{V}", f"/aeries{V2}"]),
        ("SkywardQmlativ", "", ["/ims/oneroster/v1p2", V2]),
        ("InfiniteCampus", "/campus", ["/campus/api/oneroster/v1p1", f"/campus/api{V}", f"/campus/api{V2}"]),
        ("InfiniteCampus", "/CAMPUS/api", ["/CAMPUS/api/oneroster/v1p1", f"/CAMPUS/api{V}", f"/CAMPUS/api{V2}"]),
        ("InfiniteCampus", f"/campus/oneroster/spring{V}", [f"/campus/oneroster/spring{V}"]),
        ("ClassLinkProxy", "", ["/{application}" + V, "/{application}" + V2]),
        ("ClassLinkProxy", "/abc%3D", [f"/abc%3D{V}", f"/abc%3D{V2}"]),
        ("ClassLinkProxy", f"/abc%3D{V}", [f"/abc%3D{V}"]),
    ],
)
def test_where_the_api_may_be_follows_from_the_vendor(vendor: str, pasted: str, paths: list[str]) -> None:
    assert urls(f"https://x.example.org{pasted}", vendor) == paths


def test_the_school_of_infinite_campus_is_tried_where_it_is_known_first() -> None:
    tried = urls("https://x.example.org", "InfiniteCampus", applicationID="spring")
    assert tried[:2] == [f"/campus/oneroster/spring{V}", "/campus/api/oneroster/v1p1"]


@pytest.mark.parametrize("given", ["a+b/c=", "a%2Bb%2Fc%3D"])
def test_an_application_is_encoded_once(given: str) -> None:
    assert urls("https://x.example.org", "ClassLinkProxy", applicationID=given)[0] == f"/a%2Bb%2Fc%3D{V}"


@pytest.mark.parametrize(("version", "paths"), [("1.1", [V]), ("1.2", [V2, "/ims/oneroster/v1p2"])])
def test_a_version_of_the_spec_is_the_only_one_tried(version: str, paths: list[str]) -> None:
    assert urls("https://x.example.org", version=version) == paths


def test_a_url_of_another_version_than_the_spec_says_is_refused() -> None:
    with pytest.raises(InvalidSpec, match=r"names OneRoster 1\.2, but version 1\.1"):
        urls(f"https://x.example.org{V2}", version="1.1")


def test_a_version_whose_place_is_unknown_is_refused() -> None:
    with pytest.raises(InvalidSpec, match="whole path"):
        urls("https://x.example.org", "SkywardQmlativ", version="1.1")
    assert urls(f"https://x.example.org{V}", "SkywardQmlativ", version="1.1") == [V]


def test_two_applications_contradict_each_other() -> None:
    with pytest.raises(InvalidSpec, match="two applications"):
        urls(f"https://x.example.org/abc{V}", "ClassLinkProxy", applicationID="abd")
    assert urls(f"https://x.example.org/a%3D{V}", "ClassLinkProxy", applicationID="a=") == [f"/a%3D{V}"]


def test_a_district_is_the_same_in_both_versions_and_another_for_each_application() -> None:
    def district(pasted: str, **more: Any) -> str:
        return district_of(OneRosterSettings(base_url=f"https://x.example.org{pasted}", **more))

    assert district("") == district(V) == district(V2) == district("", version=OneRosterVersion.V1_2) == "x.example.org"
    proxied = {"applications": "/{application}"}
    assert district("", application_id="a=", **proxied) == district(f"/a%3D{V}", **proxied) == "x.example.org/a%3D"
    assert district("", application_id="b", **proxied) == "x.example.org/b"
