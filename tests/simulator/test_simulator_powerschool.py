"""PowerSchool's own API: the same roster, with PowerSchool's numbers, pages, gaps and errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx2
import pytest

from district_simulator import SimulatedDistrict

TODAY = date(2026, 11, 24)
MATHEMATICS = ["MA101", "MA102", "MA103", "MA104", "MA105", "MA106", "MA107"]
COTEACHERS = "/ws/schema/query/org.example.rostering.coteachers"


class Plugin:
    """A plugin's view of a district: an access token, JSON, lists in whatever shape they come."""

    def __init__(self, district: SimulatedDistrict, client: httpx2.Client) -> None:
        self.district = district
        self.client = client
        answer = client.post(
            district.token_url,
            data={"grant_type": "client_credentials"},
            auth=(district.client_id, district.client_secret),
        )
        self.granted = answer.json()
        self.headers = {"Authorization": f"Bearer {self.granted['access_token']}", "Accept": "application/json"}

    def get(self, path: str, **parameters: Any) -> httpx2.Response:
        return self.client.get(f"{self.district.base_url}{path}", params=parameters or None, headers=self.headers)

    def post(self, path: str, body: Any, **parameters: Any) -> httpx2.Response:
        url = f"{self.district.base_url}{path}"
        return self.client.post(url, json=body, params=parameters, headers=self.headers)

    def rows(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(1, 1_000):
            answer = self.get(f"/ws/v1/{path}", page=page, **parameters)
            assert answer.status_code == 200, answer.text
            (outer,) = answer.json().values()
            inner = [value for key, value in outer.items() if not key.startswith("@")]
            if not inner:
                return found
            found += inner[0] if isinstance(inner[0], list) else [inner[0]]
        raise AssertionError("endless")


@contextmanager
def plugin(*faults: str, students: int = 120, **more: Any) -> Iterator[Plugin]:
    district = SimulatedDistrict(students, seed=7, today=TODAY, vendor="PowerSchoolNative", faults=faults, **more)
    with district, httpx2.Client(timeout=20, verify=False) as client:
        yield Plugin(district, client)


def licenses(reader: Plugin) -> set[tuple[str, str, str]]:
    """Who is due what, by the algorithm of any careful client; ids as the roster has them."""
    found = set()
    today = TODAY.isoformat()
    staff: dict[int, int] = {}
    codes: dict[int, str] = {}
    sections: dict[str, str] = {}
    for school in reader.rows("district/school"):
        if school["school_number"] == 999_999:
            continue
        here = f"school/{school['id']}"
        staff |= {row["id"]: row["users_dcid"] for row in reader.rows(f"{here}/staff")}
        codes |= {row["id"]: row["course_number"] for row in reader.rows(f"{here}/course")}
        active = {row["id"] for row in reader.rows(f"{here}/student")}
        for section in reader.rows(f"{here}/section", q="term.start_year==2026", expansions="term"):
            code = codes[section["course_id"]]
            sections[str(section["id"])] = code
            if code not in MATHEMATICS:
                continue
            if "staff_id" in section:
                found.add((f"T{staff[section['staff_id']]}", "Teacher", code))
            for row in reader.rows(f"section/{section['id']}/section_enrollment"):
                if not row["dropped"] and row["entry_date"] <= today < row["exit_date"] and row["student_id"] in active:
                    found.add((f"S{row['student_id']}", "Student", code))
    for row in reader.post(COTEACHERS, {}, pagesize=0).json().get("record", []):
        if sections[row["section_id"]] in MATHEMATICS:
            found.add((f"T{row['users_dcid']}", "Teacher", sections[row["section_id"]]))
    return found


@pytest.mark.parametrize(
    "changes",
    [
        [],
        ["student-moves:S1000003"],
        ["student-leaves:S1000003,count=5"],
        ["student-leaves:S1000004,how=gone"],
        ["student-leaves:S1000005,how=ended,on=2026-11-20"],
        ["student-arrives:995,grade=11,count=4"],
        ["class-ends:994_1001,how=tobedeleted", "class-ends:994_1002,how=gone", "class-ends:994_1003"],
        ["course-renamed:MA101,code=ALG,id=new-id"],
        ["sections-reminted:994"],
        ["school-empty:995"],
        ["roster-empty"],
        ["percent:30"],
        ["term-ends"],
    ],
    ids=" ".join,
)
def test_the_same_licenses_are_due_as_over_oneroster(changes: list[str]) -> None:
    with plugin("ps-page-size=17", changes=changes) as reader:
        district = reader.district
        assert licenses(reader) == district.expected_licenses(district.school_ids, MATHEMATICS)


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


def test_graduates_have_a_school_that_is_listed_and_not_counted() -> None:
    with plugin() as reader:
        rows = reader.rows("district/school")
        assert [row["school_number"] for row in rows] == [994, 995, 996, 999_999]
        assert rows[0]["id"] != 994
        assert reader.get("/ws/v1/district/school/count").json() == {"resource": {"count": 3}}
        graduated = reader.rows("district/student", q="school_enrollment.enroll_status==G")
        assert len(graduated) == 12
        assert reader.rows(f"school/{rows[-1]['id']}/section") == []
        reader.district.fault("ps-count=bare")
        assert reader.get("/ws/v1/district/school/count").json() == {"count": 3}


def test_counts_follow_the_search() -> None:
    with plugin() as reader:
        every = reader.get("/ws/v1/district/student/count").json()["resource"]["count"]
        active = "school_enrollment.enroll_status==A"
        assert reader.get("/ws/v1/district/student/count", q=active).json()["resource"]["count"] == 120
        assert every == 120 + 3 * 2 + 12
        assert reader.get("/ws/v1/section/1/section_enrollment/count").status_code == 404


def test_a_school_lists_active_students_unless_it_is_asked_for_others() -> None:
    with plugin() as reader:
        assert len(reader.rows("school/11/student")) == 40
        status = "school_enrollment.enroll_status_code==(-1,0)"
        assert len(reader.rows("school/11/student", q=status)) == 41
        named = reader.rows("school/11/student", expansions="school_enrollment,contact_info,phones,nonsense")[0]
        assert named["school_enrollment"]["school_id"] == 11
        assert named["contact_info"]["email"].endswith("@district-7.example.org")
        assert named["phones"] == ""
        assert "addresses" not in named
        assert "nonsense" not in named
        assert "phones" not in reader.rows("school/11/student")[0]


def test_searches_compare_lists_and_wildcards() -> None:
    with plugin() as reader:
        student = reader.rows("district/student")[4]
        last, first = student["name"]["last_name"], student["name"]["first_name"]
        found = reader.rows("district/student", q=f"name.last_name=={last[:4]}*;name.first_name=={first}")
        assert student["id"] in [row["id"] for row in found]
        years = [row["start_year"] for row in reader.rows("school/11/term", q="start_year=ge=2026")]
        assert sorted(set(years)) == [2026, 2027]
        assert len(years) == 14


def test_terms_and_sections_of_other_years_come_unless_they_are_filtered_out() -> None:
    with plugin() as reader:
        terms = reader.rows("school/11/term")
        assert [(row["portion"], row["start_year"]) for row in terms[:4]] == [
            (1, 2025),
            (1, 2026),
            (1, 2027),
            (2, 2025),
        ]
        year = next(row for row in terms if (row["portion"], row["start_year"]) == (1, 2026))
        assert year["local_id"] == 3600
        every, current = reader.rows("school/11/section"), reader.rows("school/11/section", q="term.start_year==2026")
        assert len(every) == 2 * len(current)
        assert {row["term_id"] for row in current} <= {row["id"] for row in terms if row["start_year"] == 2026}
        expanded = reader.rows("school/11/section", q="term.start_year==2026", expansions="term")[0]
        assert expanded["term"]["start_year"] == 2026
        assert "term_id" not in expanded
        old = next(row for row in every if row not in current)
        assert all(row["exit_date"] <= "2026-07-01" for row in reader.rows(f"section/{old['id']}/section_enrollment"))


def test_rows_of_dropped_never_attending_and_returning_students_are_there() -> None:
    with plugin(students=600) as reader:
        dropped = never = returned = 0
        for school in (11,):
            for section in reader.rows(f"school/{school}/section", q="term.start_year==2026"):
                rows = reader.rows(f"section/{section['id']}/section_enrollment")
                assert rows == sorted(rows, key=lambda row: (row["student_id"], row["entry_date"]))
                assert len({row["id"] for row in rows}) == len(rows)
                dropped += sum(row["dropped"] for row in rows)
                never += sum(row["exit_date"] == row["entry_date"] for row in rows)
                returned += len(rows) - len({row["student_id"] for row in rows})
        assert dropped
        assert never
        assert returned


def test_a_person_has_a_row_in_each_school_and_one_number_for_all() -> None:
    with plugin(students=600, schools=3) as reader:
        rows = [row for school in (11, 12, 13) for row in reader.rows(f"school/{school}/staff")]
        people = {row["users_dcid"] for row in rows}
        assert len({row["id"] for row in rows}) == len(rows) > len(people)
        several = next(
            row["users_dcid"] for row in rows if [r["users_dcid"] for r in rows].count(row["users_dcid"]) > 1
        )
        expanded = reader.rows("school/11/staff", expansions="emails,school_affiliations")
        mine = next(row for row in expanded if row["users_dcid"] == several)
        assert [one["school_id"] for one in mine["school_affiliations"]["school_affiliation"]] == [11, 12]
        assert mine["emails"]["work_email"].endswith("example.org")


@pytest.mark.parametrize(
    ("kind", "route"),
    [
        ("school", "district/school"),
        ("term", "school/12/term"),
        ("course", "school/12/course"),
        ("section", "school/12/section"),
        ("staff", "school/12/staff"),
        ("student", "district/student"),
    ],
)
def test_each_listed_row_can_be_read_alone(kind: str, route: str) -> None:
    with plugin() as reader:
        for row in reader.rows(route):
            assert reader.get(f"/ws/v1/{kind}/{row['id']}").json() == {kind: row}
        assert reader.get(f"/ws/v1/{kind}/987654321987").status_code == 404
        assert reader.get("/ws/v1/nonsense/1").status_code == 404


def test_each_row_of_a_section_can_be_read_alone() -> None:
    with plugin(changes=["sections-reminted:994", "student-arrives"]) as reader:
        for section in reader.rows("school/11/section")[::5]:
            for row in reader.rows(f"section/{section['id']}/section_enrollment"):
                assert reader.get(f"/ws/v1/section_enrollment/{row['id']}").json() == {"section_enrollment": row}
        assert reader.get("/ws/v1/section_enrollment/5").status_code == 404


def test_a_plugin_without_the_right_to_the_api_still_has_metadata() -> None:
    with plugin("ps-no-api-right") as reader:
        assert reader.get("/ws/v1/metadata").status_code == 200
        refused = reader.get("/ws/v1/district/school")
        assert refused.status_code == 403
        message = refused.json()["errorMessage"]["message"]
        assert message == "Plugin is missing required accessLevelV1Api READ permission"


def test_co_teachers_come_only_by_the_query() -> None:
    with plugin() as reader:
        answer = reader.post(COTEACHERS, {}, pagesize=0).json()
        assert answer["name"] == "org.example.rostering.coteachers"
        assert all(isinstance(value, str) for row in answer["record"] for value in row.values())
        assert reader.post(f"{COTEACHERS}/count", {}).json() == {"count": len(answer["record"])}
        pages = [reader.post(COTEACHERS, {}, pagesize=7, page=page).json().get("record", []) for page in (1, 2, 3)]
        assert [row for page in pages for row in page][:20] == answer["record"][:20]
        assert reader.get(COTEACHERS).status_code == 405
        assert reader.post("/ws/schema/query/org.example.unknown", {}).status_code == 404
        reader.district.change("roster-empty")
        assert "record" not in reader.post(COTEACHERS, {}, pagesize=0).json()


def test_a_query_can_be_missing_or_lack_a_right() -> None:
    with plugin("ps-no-query") as reader:
        assert reader.post(COTEACHERS, {}).status_code == 404
    with plugin("ps-no-field-right") as reader:
        refused = reader.post(COTEACHERS, {})
        assert refused.status_code == 403
        assert refused.json()["errors"][0]["code"] == "No access to the field"


def test_a_query_needs_a_json_object() -> None:
    with plugin() as reader:
        url = f"{reader.district.base_url}{COTEACHERS}"
        assert reader.client.post(url, content=b"", headers=reader.headers).status_code == 400


def test_faults_of_any_server_strike_here_too() -> None:
    with plugin("error=503,times=1", "login-page,on=staff", "short-page=3,on=term,page=1") as reader:
        assert reader.get("/ws/v1/district").status_code == 503
        assert reader.get("/ws/v1/district").json()["district"]["district_number"] == 900
        assert reader.get("/ws/v1/school/11/staff").headers["Content-Type"].startswith("text/html")
        assert len(reader.get("/ws/v1/school/11/term").json()["terms"]["term"]) == 18
        reader.district.revoke_tokens()
        assert reader.get("/ws/v1/district").status_code == 401


def test_students_whom_oneroster_hides_count_as_persons() -> None:
    with plugin() as reader:
        listed = {row["student_username"] for row in reader.rows("district/student")}
        assert listed <= reader.district.personal_strings()
