"""What PowerSchool's own API tells: the same roster, with PowerSchool's numbers, gaps and queries."""

from __future__ import annotations

import pytest
from tests.simulator.plugin import TODAY, Plugin, plugin

MATHEMATICS = ["MA101", "MA102", "MA103", "MA104", "MA105", "MA106", "MA107"]
COTEACHERS = "/ws/schema/query/org.example.rostering.coteachers"


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


def test_students_whom_oneroster_hides_count_as_persons() -> None:
    with plugin() as reader:
        listed = {row["student_username"] for row in reader.rows("district/student")}
        assert listed <= reader.district.personal_strings()
