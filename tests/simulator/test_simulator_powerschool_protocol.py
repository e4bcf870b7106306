"""How PowerSchool's own API is spoken: tokens, metadata, pages, the shapes of lists, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from tests.simulator.plugin import plugin


def test_a_token_lives_long_and_says_so_in_a_text() -> None:
    with plugin() as reader:
        assert reader.granted["expires_in"] == "2504956"
        assert reader.granted["token_type"] == "Bearer"
        slashed = f"{reader.district.token_url}/"
        keys = (reader.district.client_id, reader.district.client_secret)
        form = {"grant_type": "client_credentials"}
        assert reader.client.post(slashed, data=form, auth=keys).status_code == 200
        refused = reader.client.post(slashed, data=form, auth=(keys[0], "wrong"))
        assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})


def test_without_accept_json_there_is_an_error_or_xml() -> None:
    with plugin() as reader:
        url = f"{reader.district.base_url}/ws/v1/district"
        bearer = {"Authorization": reader.headers["Authorization"]}
        assert reader.client.get(url, headers=bearer).status_code == 500
        reader.district.fault("ps-without-json=xml")
        answer = reader.client.get(url, headers=bearer)
        assert answer.status_code == 200
        assert answer.text.startswith("<?xml")


def test_time_needs_no_token_and_all_else_does() -> None:
    with plugin() as reader:
        base = reader.district.base_url
        plain = {"Accept": "application/json"}
        assert reader.client.get(f"{base}/ws/v1/time", headers=plain).status_code == 200
        for path in ("metadata", "district", "district/school", "district/school/count"):
            refused = reader.client.get(f"{base}/ws/v1/{path}", headers=plain)
            assert refused.status_code == 401
            assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_metadata_says_how_large_pages_may_be() -> None:
    with plugin("ps-page-size=250") as reader:
        metadata = reader.get("/ws/v1/metadata").json()["metadata"]
        assert {value for name, value in metadata.items() if name.endswith("max_page_size")} == {250}
        assert metadata["district_timezone"] == "America/Los_Angeles"


def test_a_pagesize_beyond_the_maximum_is_cut_down_or_refused() -> None:
    with plugin("ps-page-size=10") as reader:
        rows = reader.get("/ws/v1/district/student", pagesize=500).json()["students"]["student"]
        assert len(rows) == 10
        second = reader.get("/ws/v1/district/student", pagesize=500, page=2).json()["students"]["student"]
        assert [row["id"] for row in second] == [row["id"] + 10 for row in rows]
        reader.district.fault("ps-beyond-page-size=error")
        assert reader.get("/ws/v1/district/student", pagesize=11).status_code == 400
        assert reader.get("/ws/v1/district/student", pagesize=10).status_code == 200


@pytest.mark.parametrize("wrong", [{"page": 0}, {"page": "x"}, {"pagesize": 0}, {"q": "nonsense"}, {"q": "shoe==7"}])
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with plugin() as reader:
        answer = reader.get("/ws/v1/district/student", **wrong)
        assert answer.status_code == 400
        assert answer.json()["errorMessage"]["message"]


def test_one_row_stands_alone_and_no_row_is_no_key() -> None:
    with plugin() as reader:
        one = reader.get("/ws/v1/district/school", q="school_number==994").json()["schools"]
        assert one["school"]["school_number"] == 994
        none = reader.get("/ws/v1/district/school", q="school_number==1").json()["schools"]
        assert "school" not in none
        assert "@expansions" in none


@pytest.mark.parametrize(("how", "value"), [("blank", ""), ("null", None)])
def test_no_rows_can_be_no_list_at_all(how: str, value: Any) -> None:
    with plugin(f"ps-empty={how}") as reader:
        assert reader.get("/ws/v1/district/school", q="school_number==1").json() == {"schools": value}


def test_lists_can_always_be_lists() -> None:
    with plugin("ps-empty=list", "ps-single=list") as reader:
        none = reader.get("/ws/v1/district/school", q="school_number==1").json()
        one = reader.get("/ws/v1/district/school", q="school_number==994").json()
        assert none["schools"]["school"] == []
        assert [row["school_number"] for row in one["schools"]["school"]] == [994]


def test_a_plugin_without_the_right_to_the_api_still_has_metadata() -> None:
    with plugin("ps-no-api-right") as reader:
        assert reader.get("/ws/v1/metadata").status_code == 200
        refused = reader.get("/ws/v1/district/school")
        assert refused.status_code == 403
        message = refused.json()["errorMessage"]["message"]
        assert message == "Plugin is missing required accessLevelV1Api READ permission"


def test_faults_of_any_server_strike_here_too() -> None:
    with plugin("error=503,times=1", "login-page,on=staff", "short-page=3,on=term,page=1") as reader:
        assert reader.get("/ws/v1/district").status_code == 503
        assert reader.get("/ws/v1/district").json()["district"]["district_number"] == 900
        assert reader.get("/ws/v1/school/11/staff").headers["Content-Type"].startswith("text/html")
        assert len(reader.get("/ws/v1/school/11/term").json()["terms"]["term"]) == 18
        reader.district.revoke_tokens()
        assert reader.get("/ws/v1/district").status_code == 401
