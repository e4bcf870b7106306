"""Districts paste their base URL in every form; all lead to the API, or to a message that says what is wrong."""

from __future__ import annotations

import pytest

from roster_operator.errors import InvalidSpec
from roster_operator.sources.oneroster.urls import normalise

V = "/ims/oneroster/v1p1"


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
        ("https://sis.example.org/ims/oneroster/rostering/v1p2", "1.1"),
        ("https://sis.example.org/ims/oneroster/v1p2/users", "1.1"),
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
