"""The folder for Git: one file a district, and nothing in comments but names."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from roster_operator.cli.wizard import folder
from roster_operator.errors import InputError
from roster_operator.operations.wizard.draft import Draft, document
from roster_operator.operations.wizard.manifests import SecretForm, Store
from roster_operator.operations.wizard.offer import Offer, OfferedCourse, OfferedSchool, Size
from roster_operator.operations.wizard.saved import Entered

SPEC = {
    "live": False,
    "source": {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}},
    "schools": [{"id": "1"}, {"id": "2"}],
    "courses": [{"code": "MA1", "ebooks": ["algebra"]}],
}
DRAFT = Draft("springfield", "districts", SPEC)
OFFER = Offer(
    datetime(2026, 11, 30, tzinfo=UTC),
    (OfferedSchool("1", "North: High #1", "", Size()), OfferedSchool("2", "", "", Size())),
    (OfferedCourse("code", "MA1", "Algebra", ("c1",)),),
)


def test_names_stand_beside_what_they_are_selected_by(tmp_path: Path) -> None:
    (path,) = folder.write(tmp_path, DRAFT, OFFER, None)
    text = path.read_text()
    assert "  - id: '1'  # North: High #1\n  - id: '2'\n" in text
    assert "  - code: MA1  # Algebra\n" in text
    assert yaml.safe_load(text) == document(DRAFT)


def test_a_district_stays_in_the_file_that_holds_it(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(document(DRAFT)))
    assert folder.write(tmp_path, DRAFT, OFFER, None) == [tmp_path / "mine.yaml"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_file_that_holds_more_is_left_alone(tmp_path: Path) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "districts"}}
    before = yaml.safe_dump_all([namespace, document(DRAFT)])
    (tmp_path / "all.yaml").write_text(before)
    with pytest.raises(InputError, match=r"all\.yaml holds districts/springfield and more: move it"):
        folder.write(tmp_path, DRAFT, OFFER, None)
    assert (tmp_path / "all.yaml").read_text() == before


def test_a_secret_in_plain_text_is_kept_out_of_git_and_out_of_the_manifest(tmp_path: Path) -> None:
    entered = Entered({"clientID": "key", "clientSecret": "not-for-git"})
    (tmp_path / ".gitignore").write_text("*.log")
    for _ in range(2):
        folder.write(tmp_path, DRAFT, OFFER, folder.SecretDue(entered, SecretForm.PLAIN, Store("")))
    assert (tmp_path / ".gitignore").read_text() == "*.log\nsecret.yaml\n"
    assert stat.S_IMODE((tmp_path / "secret.yaml").stat().st_mode) == 0o600
    assert "not-for-git" not in (tmp_path / "rosterintegration.yaml").read_text() + repr(entered)
