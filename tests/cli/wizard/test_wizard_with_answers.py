"""With the answers of a file nothing is asked, and what is wrong is one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.cli.wizard.conftest import EBOOKS, KEY, SECRET

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.main import load_command
from roster_operator.cli.manifests import load

pytestmark = pytest.mark.slow


def run(district: SimulatedDistrict, folder: Path, answers: dict[str, Any], *more: str, secret: str = SECRET) -> Result:
    path = folder / "answers.yaml"
    path.write_text(yaml.safe_dump(answers))
    host = district.base_url.split("/")[2]
    return CliRunner().invoke(
        load_command("wizard"),
        ["springfield", "--file", str(EBOOKS), "--answers", str(path), "--state", str(folder / "state"), *more],
        env={"ROSTER_CLIENT_ID": KEY, "ROSTER_CLIENT_SECRET": secret, "ROSTER_HOST": host},
    )


def answers(district: SimulatedDistrict, **more: Any) -> dict[str, Any]:
    return {
        "source": {"baseURL": district.base_url},
        "timeZone": "America/Chicago",
        "schools": [{"id": "994"}, {"name": "High School 2"}],
        "courses": [{"code": "MA101"}, {"name": "Algebra 1", "ebooks": ["core-connections-algebra"]}],
        **more,
    }


def test_a_course_without_ebooks_gets_the_one_that_stands_out(district: SimulatedDistrict, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(district, tmp_path, answers(district), "--folder", str(out), "--secret", "none")

    assert result.exit_code == 0, result.output
    assert "going live would grant" in result.stderr
    (integration,) = load([str(out)]).integrations
    assert [course.ebooks for course in integration.spec.courses] == [
        ("core-connections-course-1",),
        ("core-connections-algebra",),
    ]
    assert integration.spec.source.vendor == "Aeries"
    assert sorted(path.name for path in out.iterdir()) == ["rosterintegration.yaml"]
    assert "kubectl create secret generic springfield-sis" in result.stderr


def test_the_secret_is_printed_to_be_piped_on_and_nothing_else_is(district: SimulatedDistrict, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(district, tmp_path, answers(district), "--folder", str(out), "--secret", "print")

    assert result.exit_code == 0, result.output
    secret = yaml.safe_load(result.stdout)
    assert (secret["kind"], secret["metadata"]["name"]) == ("Secret", "springfield-sis")
    assert secret["stringData"] == {"clientID": KEY, "clientSecret": SECRET}
    assert SECRET not in result.stderr


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"schools": [{"name": "High Scool 2"}]}, 2, 'School name "High Scool 2" is not offered by the SIS'),
        (
            {"schools": [{"nme": "High School 2"}]},
            2,
            "spec.schools[0].nme: is no field that there is; did you mean name?",
        ),
        ({"courses": [{"code": "MA999"}]}, 2, 'courses: code "MA999": the SIS does not offer it'),
        ({"courses": [{"code": "SC101"}]}, 2, 'courses: code "SC101": no eBook stands out for it'),
        ({"courses": [{"code": "MA101", "ebooks": ["nope"]}]}, 2, "No EBook is named nope"),
        ({"source": {}}, 2, "source: must be a block with baseURL"),
        ({"source": {"baseURL": "https://x.example", "vendor": "Aries"}}, 2, "there is no such type or vendor"),
        ({"timeZone": "Chicago/America"}, 2, "is not a time zone"),
        ({"colour": "red"}, 2, "spec.colour: is no field that there is"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(
    district: SimulatedDistrict, tmp_path: Path, change: dict[str, Any], code: int, told: str
) -> None:
    out = tmp_path / "out"
    result = run(district, tmp_path, answers(district, **change), "--folder", str(out), "--secret", "none")

    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert result.exit_code == code, result.output
    assert len(errors) == 1
    assert told in errors[0]
    assert not out.exists()


def test_credentials_that_the_sis_refuses_are_one_line_without_them(
    district: SimulatedDistrict, tmp_path: Path
) -> None:
    result = run(district, tmp_path, answers(district), "--folder", str(tmp_path / "out"), secret="not-the-secret")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert "refuses the Consumer ID or Consumer Secret Key" in result.stderr
    assert "not-the-secret" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_credentials_of_the_environment_go_to_the_named_hosts_only(district: SimulatedDistrict, tmp_path: Path) -> None:
    elsewhere = answers(district, source={"baseURL": "https://elsewhere.example"})
    result = run(district, tmp_path, elsewhere, "--secret", "none")

    assert result.exit_code == 2
    assert "Nothing was sent." in result.stderr


def test_a_tool_that_leaves_the_secret_in_plain_text_is_not_believed(
    district: SimulatedDistrict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "kubeseal"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\ncat\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    out = tmp_path / "out"
    result = run(district, tmp_path, answers(district), "--folder", str(out), "--secret", "sealed")
    assert (result.exit_code, out.exists()) == (2, False)
    assert "still holds the credentials in plain text" in result.stderr

    tool.write_text("#!/bin/sh\ncat > /dev/null\necho 'kind: SealedSecret'\n")
    result = run(district, tmp_path, answers(district), "--folder", str(out), "--secret", "sealed")
    assert result.exit_code == 0, result.output
    assert (out / "sealedsecret.yaml").read_text() == "kind: SealedSecret\n"
