"""Each vendor's habits: where it is, who gets in, how much comes at once, and what its rows look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from tests.simulator.test_simulator_changes import ALL_CHANGES

from district_simulator import AccessSettings, SimulatedDistrict
from district_simulator.ids import Ids, IdSpelling
from district_simulator.oauth1 import signature
from district_simulator.vendors import VENDORS

TODAY = date(2026, 11, 24)
MATHEMATICS = ["MA101", "MA102", "MA103", "MA104", "MA105", "MA106", "MA107"]
ONEROSTER = [
    "Generic", "Aeries", "ClassLink", "ClassLinkProxy", "eSchoolData", "InfiniteCampus", "PowerSchool", "Skyward",
    "SkywardQmlativ", "Synergy",
]  # fmt: skip


class Consumer:
    """A client that gets in the way that the district's vendor wants."""

    def __init__(self, district: SimulatedDistrict, client: httpx2.Client) -> None:
        self.district = district
        self.client = client
        self.version = district.versions[0]
        self._nonces = 0
        self._bearer = {"bearer": district.client_secret}.get(district.access.auth)
        if district.access.auth in ("oauth2", "any"):
            self._bearer = self.token().json()["access_token"]

    def token(self, **form: str) -> httpx2.Response:
        scope = f"https://purl.imsglobal.org/spec/or/v1p{self.version[-1]}/scope/roster-core.readonly"
        form = {"grant_type": "client_credentials", "scope": scope, **form}
        keys = (self.district.client_id, self.district.client_secret)
        if self.district.access.token_client_auth == "body":
            form |= {"client_id": keys[0], "client_secret": keys[1]}
            return self.client.post(self.district.token_url, data=form)
        return self.client.post(self.district.token_url, data=form, auth=keys)

    def get(self, path: str, **parameters: object) -> httpx2.Response:
        query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())
        url = f"{self.district.service_url}/{path}" + (f"?{query}" if query else "")
        return self.client.get(url, headers={"Authorization": self._authorization(url)})

    def _authorization(self, url: str) -> str:
        if self._bearer is not None:
            return f"Bearer {self._bearer}"
        self._nonces += 1
        oauth = [
            ("oauth_consumer_key", self.district.client_id),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", str(int(self.district.service.now()))),
            ("oauth_nonce", str(self._nonces)),
        ]
        signed = signature("GET", url, oauth, "HMAC-SHA256", self.district.client_secret)
        oauth.append(("oauth_signature", signed))
        return "OAuth " + ",".join(f'{name}="{quote(value, safe="")}"' for name, value in oauth)

    def rows(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        """All rows, page by page, by what was received."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self.get(path, limit=200, offset=len(found), **parameters)
            assert answer.status_code == 200, answer.text
            (rows,) = (value for value in answer.json().values() if isinstance(value, list))
            if not rows:
                return found
            found += rows


@contextmanager
def consumer(vendor: str, students: int = 120, **more: Any) -> Iterator[Consumer]:
    district = SimulatedDistrict(students, seed=7, today=TODAY, vendor=vendor, **more)
    with district, httpx2.Client(timeout=20, verify=False) as client:
        yield Consumer(district, client)


def stripped(reference: Any) -> str:
    return str(reference["sourcedId"]).strip()


def licenses(reader: Consumer, schools: list[str]) -> set[tuple[str, str, str]]:
    codes = {stripped(row): row["courseCode"] for row in reader.rows("courses")}
    sessions = {stripped(row) for row in reader.rows("academicSessions")}
    classes = {}
    for row in reader.rows("classes"):
        assert {stripped(term) for term in row["terms"]} <= sessions
        if row["status"] == "active" and stripped(row["school"]) in schools:
            classes[stripped(row)] = codes[stripped(row["course"])]
    users = {stripped(row) for row in reader.rows("users") if row["status"] == "active"}
    return {
        (stripped(row["user"]), row["role"].capitalize(), classes[stripped(row["class"])])
        for row in reader.rows("enrollments")
        if row["status"] == "active"
        and stripped(row["user"]) in users
        and row["beginDate"] <= TODAY.isoformat() < row["endDate"]
        and classes.get(stripped(row["class"])) in MATHEMATICS
    }


def test_every_vendor_of_the_matrix_is_there() -> None:
    assert set(VENDORS) == {*ONEROSTER, "OneRosterCSV", "PowerSchoolNative"}


@pytest.mark.parametrize("vendor", ONEROSTER)
@pytest.mark.parametrize("changes", [[], ["percent:20", "sections-reminted:994"]], ids=" ".join)
def test_every_vendor_serves_the_same_roster(vendor: str, changes: list[str]) -> None:
    with consumer(vendor, changes=changes) as reader:
        district = reader.district
        schools = district.school_ids[:2]
        assert licenses(reader, schools) == district.expected_licenses(schools, MATHEMATICS)
        assert {stripped(row) for row in reader.rows("schools")} == set(district.school_ids)
        listed = {row.get("email") for row in reader.rows("users")}
        assert listed == {person.email for person in district.persons()}


@pytest.mark.parametrize("vendor", ONEROSTER)
@pytest.mark.parametrize("route", ["users", "classes", "courses", "enrollments", "orgs", "academicSessions"])
def test_each_listed_row_can_be_read_alone(vendor: str, route: str) -> None:
    with consumer(vendor, 40) as reader:
        for row in reader.rows(route)[::7]:
            alone = reader.get(f"{route}/{quote(row['sourcedId'], safe='')}")
            assert alone.status_code == 200, row["sourcedId"]
            assert next(iter(alone.json().values())) == row


@pytest.mark.parametrize("vendor", ONEROSTER)
def test_nested_routes_take_the_ids_that_were_shown(vendor: str) -> None:
    with consumer(vendor, 40) as reader:
        klass = next(row for row in reader.rows("classes") if row["status"] == "active")
        students = reader.rows(f"classes/{quote(klass['sourcedId'], safe='')}/students")
        mine = {
            stripped(row["user"])
            for row in reader.rows("enrollments")
            if row["class"] == {**row["class"], "sourcedId": klass["sourcedId"]}
            and row["status"] == "active"
            and row["role"] == "student"
        }
        assert {stripped(row) for row in students} == mine


@pytest.mark.parametrize("spelling", ["guid", "number", "padded", "aeries"])
@pytest.mark.parametrize("changes", ALL_CHANGES, ids=" ".join)
def test_every_spelling_of_an_id_leads_back(spelling: IdSpelling, changes: list[str]) -> None:
    district = SimulatedDistrict(120, seed=7, today=TODAY, changes=changes)
    roster, directory = district.service.roster, district.service.directory
    ids = Ids(spelling, roster.year.ends_in, roster.overlay.years_on)
    kinds = {"users": "user", "classes": "class", "courses": "course", "enrollments": "enrollment", "orgs": "org",
             "academicSessions": "session"}  # fmt: skip
    for route, kind in kinds.items():
        listing = directory.listing((route,))
        plain = [re.search(r'"sourcedId":"([^"]*)"', row)[1] for row in listing.rows(0, len(listing), "")]  # type: ignore[index]
        if (spelling, kind) == ("aeries", "session"):
            plain = [one for one in plain if "-G" not in one]
        shown = [ids.shown(kind, one, "994") for one in plain]
        assert [ids.plain(kind, one) for one in shown] == plain
        assert len(set(shown)) == len(set(plain))


@pytest.mark.parametrize(
    ("vendor", "path", "base"),
    [
        ("Generic", "/ims/oneroster/v1p1", ""),
        ("Aeries", "/aeries/ims/oneroster/v1p1", "/aeries"),
        ("InfiniteCampus", "/campus/oneroster/cpm/ims/oneroster/v1p1", "/campus/oneroster/cpm"),
        ("Skyward", "/api/ims/oneroster/v1p1", "/api"),
        ("SkywardQmlativ", "/ims/oneroster/v1p2", ""),
        ("ClassLinkProxy", "/YXBwLTQ3MTE%3D/ims/oneroster/v1p1", ""),
    ],
)
def test_a_vendor_stands_where_it_stands(vendor: str, path: str, base: str) -> None:
    with consumer(vendor, 40, prefix="/x") as reader:
        district = reader.district
        assert district.service_url.endswith(f"/x{path}")
        assert district.base_url.endswith(f"/x{base}")
        href = reader.rows("classes")[0]["school"]["href"]
        assert href.startswith(f"{district.service_url}/orgs/")


@pytest.mark.parametrize(("vendor", "most"), [("Synergy", 500), ("Aeries", 1_000), ("Skyward", 1_000)])
def test_a_page_has_no_more_rows_than_the_vendor_allows(vendor: str, most: int) -> None:
    with consumer(vendor, 200) as reader:
        assert len(reader.get("enrollments", limit=5_000).json()["enrollments"]) == most
        assert len(reader.get("enrollments").json()["enrollments"]) == 100


@pytest.mark.parametrize("vendor", ONEROSTER)
def test_totals_and_links_are_the_vendors(vendor: str) -> None:
    with consumer(vendor, 40) as reader:
        headers = reader.get("users", limit=5).headers
        totals = {name for name in headers if name in ("x-total-count", "x-count")}
        expected = {"Skyward": set(), "ClassLink": {"x-count", "x-total-count"},
                    "ClassLinkProxy": {"x-count", "x-total-count"}}.get(vendor, {"x-total-count"})  # fmt: skip
        assert totals == expected
        assert ("link" in headers) == (vendor != "Skyward")


def test_aeries_lacks_routes_and_wants_a_scope() -> None:
    with consumer("Aeries", 40) as reader:
        for what in ("classes", "courses", "terms"):
            assert reader.get(f"schools/994/{what}").status_code == 404
        assert reader.get("schools/994/students").status_code == 200
        assert reader.token(scope="").json()["error"] == "invalid_scope"
        assert reader.token().json()["expires_in"] == 21_600


def test_aeries_writes_ids_by_school_and_every_session_is_a_term() -> None:
    with consumer("Aeries") as reader:
        sessions = reader.rows("academicSessions")
        assert {row["type"] for row in sessions} == {"term"}
        assert [row["sourcedId"] for row in sessions[:3]] == ["994_Y", "994_F", "994_S"]
        assert len(sessions) == 3 * 7
        assert sessions[1]["parent"]["sourcedId"] == "994_Y"
        users = {row["sourcedId"] for row in reader.rows("teachers")}
        assert all(one.startswith("TCH_") for one in users)
        assert {row["sourcedId"] for row in reader.rows("students")} >= {"1000001"}
        assert "MA101" in {row["sourcedId"] for row in reader.rows("courses")}
        assert reader.rows("users")[0]["enabledUser"] is True
        assert "password" not in reader.rows("users")[0]


def test_aeries_gives_the_ids_of_last_year_another_meaning() -> None:
    with consumer("Aeries", 40) as reader:
        before = {row["sourcedId"] for row in reader.rows("classes")}
        year = reader.rows("academicSessions")[0]["schoolYear"]
        reader.district.change("year-rolls")
        assert {row["sourcedId"] for row in reader.rows("classes")} == before
        assert reader.rows("academicSessions")[0]["schoolYear"] != year


def test_infinite_campus_wants_its_application_and_right_questions() -> None:
    with consumer("InfiniteCampus", 40) as reader:
        bare = reader.district.token_url.partition("?")[0]
        keys = (reader.district.client_id, reader.district.client_secret)
        scope = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"
        form = {"grant_type": "client_credentials", "scope": scope}
        assert reader.client.post(bare, data=form, auth=keys).status_code == 400
        in_query = reader.client.post(bare, params={"appName": "cpm", **form}, auth=keys)
        assert in_query.status_code == 200
        assert reader.get("users", sort="shoeSize").status_code == 400
        assert reader.get("users", limit=0).status_code == 400
        assert len(reader.rows("administrators")) == 1
        types = {row["type"] for row in reader.rows("academicSessions")}
        assert types == {"term", "gradingPeriod"}
        guid = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
        assert all(re.fullmatch(guid, row["sourcedId"]) for row in reader.rows("users"))


def test_others_have_no_route_of_infinite_campus() -> None:
    with consumer("Generic", 40) as reader:
        assert reader.get("administrators").status_code == 404


def test_powerschool_takes_keys_in_the_body_and_pads_ids() -> None:
    with consumer("PowerSchool", 40) as reader:
        keys = (reader.district.client_id, reader.district.client_secret)
        form = {"grant_type": "client_credentials"}
        assert reader.client.post(reader.district.token_url, data=form, auth=keys).status_code == 401
        assert reader.token(scope="").status_code == 200
        assert reader.district.token_url.endswith("/as/token.oauth2")
        row = reader.rows("users")[0]
        assert re.fullmatch(r" \d+ ", row["sourcedId"])
        assert row["middleName"] is None
        dates = {row["dateLastModified"] for row in reader.rows("enrollments")}
        assert None in dates
        assert len(dates) > 1
        assert reader.get("users", sort="shoeSize", limit="many").status_code == 200


def test_skyward_leaves_blanks_and_identifiers_out() -> None:
    with consumer("Skyward", 40) as reader:
        row = reader.rows("teachers")[0]
        assert row["identifier"] == "  "
        assert row["middleName"] == "  "
        assert reader.district.token_url.endswith("/api/oauth/token")


def test_synergy_refuses_what_calls_itself_json() -> None:
    with consumer("Synergy", 40) as reader:
        url = f"{reader.district.service_url}/users"
        headers = {"Authorization": reader._authorization(url)}
        types = {"application/json": 415, "application/x-www-form-urlencoded": 200}
        for content_type, status in types.items():
            assert reader.client.get(url, headers={**headers, "Content-Type": content_type}).status_code == status
        assert reader.client.get(url, headers=headers).status_code == 200


def test_classlink_takes_signatures_by_sha256_only() -> None:
    with consumer("ClassLink", 40) as reader:
        assert reader.client.post(reader.district.token_url).status_code == 404
        url = f"{reader.district.service_url}/users"
        assert reader.client.get(url, headers={"Authorization": "Bearer x"}).status_code == 401
        header = reader._authorization(url).replace("HMAC-SHA256", "HMAC-SHA1")
        assert reader.client.get(url, headers={"Authorization": header}).status_code == 401
        filtered = reader.get("users", filter="role='teacher' AND status='active'")
        assert filtered.headers["x-count"] == str(len(filtered.json()["users"]))
        row = reader.rows("users")[0]
        assert (row["middleName"], row["agents"]) == ("", [])
        assert {row["dateLastModified"] for row in reader.rows("users")} == {"2020-01-01T00:00:00.000Z"}


def test_classlinks_proxy_shows_which_districts_a_token_opens() -> None:
    with consumer("ClassLinkProxy", 40) as reader:
        root = reader.district.root_url
        assert reader.client.get(f"{root}/applications").status_code == 401
        bearer = {"Authorization": f"Bearer {reader.district.client_secret}"}
        (application,) = reader.client.get(f"{root}/applications", headers=bearer).json()["applications"]
        assert application["oneroster_application_id"] == "YXBwLTQ3MTE%3D"
        for spelling in ("YXBwLTQ3MTE%3D", "YXBwLTQ3MTE="):
            url = f"{root}/{spelling}/ims/oneroster/v1p1/users?limit=1"
            assert reader.client.get(url, headers=bearer).status_code == 200
        server = reader.client.get(f"{root}/applications/{application['id']}/server", headers=bearer).json()["server"]
        assert server["endpoint_url"] == reader.district.service_url
        assert reader.client.get(f"{root}/applications/1/server", headers=bearer).status_code == 404
        assert reader.client.get(f"{root}/b3RoZXI%3D/ims/oneroster/v1p1/users", headers=bearer).status_code == 404


def test_access_can_be_other_than_the_vendors() -> None:
    with consumer("Aeries", 40, access=AccessSettings(auth="bearer", client_secret="fixed")) as reader:
        assert reader.get("orgs").status_code == 200
