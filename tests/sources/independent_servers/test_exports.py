"""Sets of CSV files that nobody here made: they are read right, and what is wrong with them takes no license."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.exports import Export, Files, deliver, scene_of, zipped

from roster_operator.errors import Actor
from roster_operator.reconcile.contract import Outcome

pytestmark = pytest.mark.slow

Change = Callable[[Files], Files | bytes | None]
"""Spoils the files of a set in place, or makes others, or a ZIP of its own."""


@pytest.fixture
def export() -> Export:
    """What a district exports."""
    return Export()


@pytest.fixture
def scene(export: Export, tmp_path: Path) -> Scene:
    """Its district."""
    return scene_of(export, tmp_path)


def everywhere(change: Callable[[bytes], bytes]) -> Change:
    """The same in each file."""
    return lambda files: {name: change(content) for name, content in files.items()}


def in_file(name: str, old: bytes, new: bytes, count: int = -1) -> Change:
    def change(files: Files) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, count)

    return change


def first_column(name: str, column: bytes, cell: bytes) -> Change:
    """One more column before the others, with the same cell in each row."""

    def change(files: Files) -> None:
        header, *rows = files[name].rstrip().split(b"\r\n")
        files[name] = b"\r\n".join([column + b"," + header, *(cell + b"," + row for row in rows)]) + b"\r\n"

    return change


def without(name: str) -> Change:
    return lambda files: {other: content for other, content in files.items() if other != name}


def cut(name: str) -> Change:
    return in_whole(name, lambda content: content[: len(content) // 2])


def in_whole(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda files: {**files, name: change(files[name])}


def said(name: str, mode: bytes) -> Change:
    return in_file("manifest.csv", b"file." + name.encode() + b",bulk", b"file." + name.encode() + b"," + mode)


SEEN_THROUGH: dict[str, Change] = {
    "byte order marks": everywhere(lambda content: b"\xef\xbb\xbf" + content),
    "line feeds": everywhere(lambda content: content.replace(b"\r\n", b"\n")),
    "carriage returns": everywhere(lambda content: content.replace(b"\r\n", b"\r")),
    "UTF-16": everywhere(lambda content: content.decode().encode("utf-16")),
    "capitals": lambda files: {name.upper(): content for name, content in files.items()},
    "a folder": lambda files: zipped(files, "export/2026/"),
    "the shadows of a Mac": lambda files: {**files, **{f"__MACOSX/._{name}": b"x" for name in files}},
    "no manifest": without("manifest.csv"),
    "metadata": first_column("users.csv", b"metadata.status", b"tobedeleted"),
    "a column that is called almost the same": first_column("enrollments.csv", b"ext_role", b"guardian"),
    "another word for students": in_file("enrollments.csv", b",student,false", b",pupil,false"),
    "a line feed in a name": in_file("users.csv", b"Givenstudent3,", b'"Given\r\nstudent3",'),
    "Latin letters of old": in_file("users.csv", b"Givenstudent3,", "Jos\u00e9,".encode("latin-1")),
    "dates of 1970": in_file("enrollments.csv", b"2025-08-01,2034-06-01", b"1970-01-01,1970-01-01"),
    "dates the wrong way round": in_file("enrollments.csv", b"2025-08-01,2034-06-01", b"2034-06-01,2025-08-01"),
    "a term the wrong way round": in_file("academicSessions.csv", b"2020-08-01,2035-07-31", b"2035-07-31,2020-08-01"),
    "a few courses less": in_file("courses.csv", b"c-MA104", b"c-MA104-new"),
    "a few classes less": in_whole("classes.csv", lambda content: b"\r\n".join(content.split(b"\r\n")[:12]) + b"\r\n"),
    "half of the users": in_whole("users.csv", lambda content: b"\r\n".join(content.split(b"\r\n")[:40]) + b"\r\n"),
}
"""Nobody gains or loses."""

REFUSED: dict[str, Change] = {
    "UTF-16 that does not say so": everywhere(lambda content: content.decode().encode("utf-16-le")),
    "EBCDIC": in_whole("enrollments.csv", lambda content: content.decode().encode("cp037")),
    "two persons a row": first_column("enrollments.csv", b"userSourcedId", b"nobody"),
    "two roles a row": first_column("enrollments.csv", b"role", b"guardian"),
    "two statuses a row": first_column("enrollments.csv", b"Status", b"tobedeleted"),
    "a file in two spellings": lambda files: {**files, "Enrollments.CSV": files["enrollments.csv"]},
    "two folders": lambda files: {f"{'a' if 'o' in name else 'b'}/{name}": content for name, content in files.items()},
    "a way out": lambda files: {f"../{name}": content for name, content in files.items()},
    "no enrollments": without("enrollments.csv"),
    "no sessions": without("academicSessions.csv"),
    "users said to be absent": said("users", b"absent"),
    "enrollments said to be a delta": said("enrollments", b"delta"),
    "enrollments said to be full": said("enrollments", b"full"),
    "two words for one file": in_whole("manifest.csv", lambda content: content + b"file.enrollments,absent\r\n"),
    "a manifest of another kind": in_whole("manifest.csv", lambda _: b"hello"),
    "enrollments cut": cut("enrollments.csv"),
    "users cut": cut("users.csv"),
    "classes of no course": in_file("classes.csv", b"c-", b"x-"),
    "enrollments of other classes": in_file("enrollments.csv", b",k", b",K"),
    "only a header": in_whole("enrollments.csv", lambda content: content.partition(b"\r\n")[0] + b"\r\n"),
    "an endless line": in_whole("users.csv", lambda content: content + b"a" * 2_000_000),
    "a bomb": in_whole("users.csv", lambda content: content + b" " * 100_000_000),
    "half a ZIP": lambda files: zipped(files)[:-40],
    "nothing": lambda _: b"",
    "a login page": lambda _: b"<html>Sign in</html>",
    "a ZIP in a ZIP": lambda files: zipped({"roster.zip": zipped(files)}),
    "flipped bits": lambda files: bytes(byte ^ (255 * (900 < at < 920)) for at, byte in enumerate(zipped(files))),
}
"""Nothing is read."""


def test_a_set_of_either_version_is_read_right_and_again_after_a_change(
    scene: Scene, export: Export, tmp_path: Path
) -> None:
    for newer in (False, True, False):
        deliver(tmp_path / "in" / "roster.zip", zipped(export.files(newer=newer)))
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.licenses() == scene.expected()
        export.remove_person(f"student{newer}")
        export.add_person(f"new{newer}", "student", [0])
    scene.close()


def test_loose_files_are_read_right(scene: Scene, export: Export, tmp_path: Path) -> None:
    scene.change_spec(source={**scene.spec["source"], "baseURL": f"file://{tmp_path}/in"})
    deliver(tmp_path / "in", export.files())
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    scene.close()


@pytest.mark.parametrize("spoilt", [*SEEN_THROUGH, *REFUSED])
def test_a_set_that_is_odd_or_spoilt_takes_no_license(
    scene: Scene, export: Export, tmp_path: Path, spoilt: str
) -> None:
    place = tmp_path / "in" / "roster.zip"
    deliver(place, zipped(export.files()))
    scene.reconcile()
    before = scene.licenses()
    files = export.files()
    change = {**SEEN_THROUGH, **REFUSED}[spoilt]
    made = change(files)
    made = files if made is None else made
    deliver(place, made if isinstance(made, bytes) else zipped(made))
    result = scene.reconcile()
    assert scene.licenses() == before
    if spoilt in REFUSED:
        assert scene.condition("Ready")[0] == "False"
        assert any(f"{actor}:" in scene.message("Ready") for actor in Actor), scene.message("Ready")
    emitted = json.dumps(scene.status) + repr(result)
    assert not [person for person in export.personal_strings() if person in emitted]
    export.remove_person("student3")
    deliver(place, zipped(export.files()))
    scene.reconcile()
    assert scene.licenses() == scene.expected() != before
    scene.close()


@pytest.mark.parametrize("lost", ["", "half", "header"])
def test_persons_whose_roles_are_not_delivered_keep_what_they_have(
    scene: Scene, export: Export, tmp_path: Path, lost: str
) -> None:
    """Where enrollments do not say roles either."""
    place = tmp_path / "in" / "roster.zip"
    deliver(place, zipped(export.files(newer=True)))
    scene.reconcile()
    before = scene.licenses()
    files = export.files(newer=True)
    lines = files["roles.csv"].split(b"\r\n")
    kept = {"": lines, "half": lines[: len(lines) // 2], "header": lines[:1]}[lost]
    files["roles.csv"] = b"\r\n".join([*kept, b""])
    files["enrollments.csv"] = files["enrollments.csv"].replace(b",role,", b",metadata.role,", 1)
    deliver(place, zipped(files))
    scene.reconcile()
    assert scene.licenses() == before
    scene.close()
