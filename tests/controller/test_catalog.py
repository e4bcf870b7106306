"""What the catalog offers can be pasted into a spec, whatever a SIS calls its schools and courses."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.api.v1alpha1 import RosterIntegrationSpec
from roster_operator.controller.catalog import config_map_data
from roster_operator.reconcile.contract import Catalog, CatalogCourse, CatalogSchool

SOURCE = {"baseURL": "https://sis.example.org", "secretRef": {"name": "sis"}}
ODD = st.text(st.sampled_from("ab 1#:{}[]\"\\'\n\r\t\x00\x85\u2028\ud800é"), max_size=8)


def offered(*courses: CatalogCourse, schools: tuple[CatalogSchool, ...] = ()) -> dict[str, str]:
    return config_map_data(Catalog(schools, courses))


def test_lines_are_entries_of_a_spec() -> None:
    data = offered(
        CatalogCourse("c1", "MA101", "Algebra", 3), schools=(CatalogSchool("994", "North High", "0994", 12),)
    )
    courses = [{**entry, "ebooks": ["algebra"]} for entry in yaml.safe_load(data["courses"])]
    spec = RosterIntegrationSpec.model_validate(
        {"source": SOURCE, "schools": yaml.safe_load(data["schools"]), "courses": courses}
    )
    assert spec.schools[0].id == "994"
    assert spec.courses[0].code == "MA101"


def test_a_course_that_is_listed_once_for_each_school_is_one_line() -> None:
    codes = ["MA101", "ma101", "MA101 ", "MA102"]
    rows = (CatalogCourse(f"c{at}", code, "Algebra", 2) for at, code in enumerate(codes))
    assert offered(*rows)["courses"] == (
        '- {"code": "MA101", "ebooks": []} # Algebra; 6 classes\n'
        '- {"code": "MA102", "ebooks": []} # Algebra; id c3; 2 classes\n'
    )


@pytest.mark.parametrize(
    ("course", "line"),
    [
        (CatalogCourse("c1", " ", "Algebra", 1), '- {"name": "Algebra", "ebooks": []} # id c1; 1 class\n'),
        (CatalogCourse("c1", "", "Álgebra", 2), '- {"name": "Álgebra", "ebooks": []} # id c1; 2 classes\n'),
        (CatalogCourse("c1", "", "", 0), '- {"id": "c1", "ebooks": []} # 0 classes\n'),
    ],
)
def test_a_course_is_offered_by_what_it_has(course: CatalogCourse, line: str) -> None:
    assert offered(course)["courses"] == line


def test_long_titles_are_cut() -> None:
    (course,) = offered(CatalogCourse("c1", "MA101", "Algebra " * 5000, 1))["courses"].splitlines()
    assert len(course) < 200
    assert course.endswith("...; id c1; 1 class")


@given(ODD, ODD, ODD)
def test_nothing_that_a_sis_writes_breaks_out_of_its_line(identifier: str, code: str, title: str) -> None:
    data = offered(CatalogCourse(identifier, code, title, 1), schools=(CatalogSchool(identifier, title, code, 1),))
    (course,) = yaml.safe_load(data["courses"])
    (school,) = yaml.safe_load(data["schools"])
    assert school == {"id": identifier}
    assert course.pop("ebooks") == []
    assert list(course.values()) == [next((text for text in (code, title) if text.strip()), identifier)]
    assert len("".join(data.values()).splitlines()) == 2
