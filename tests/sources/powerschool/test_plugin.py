"""The plugin package: up to date, the same wherever it is made, and asking for what is read and nothing else."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hack import plugin

from roster_operator.sources.powerschool.settings import CO_TEACHER_QUERY
from roster_operator.sources.powerschool.wire import CoTeacherRow

NAMESPACE = "{http://plugin.powerschool.pearson.com}"
PERSONAL = {"FIRST_NAME", "LAST_NAME", "LASTFIRST", "DOB", "SSN", "GENDER", "ETHNICITY", "STREET", "GUARDIANEMAIL"}


@pytest.fixture
def package() -> zipfile.ZipFile:
    return zipfile.ZipFile(plugin.FOLDER / plugin.ZIP)


def asked_for(package: zipfile.ZipFile) -> set[tuple[str, str]]:
    root = ElementTree.fromstring(package.read("plugin.xml"))
    fields = root.findall(f"{NAMESPACE}access_request/{NAMESPACE}field")
    assert {field.get("access") for field in fields} == {"ViewOnly"}
    return {(field.get("table", ""), field.get("field", "")) for field in fields}


def test_the_package_is_up_to_date() -> None:
    assert plugin.is_packed()


def test_a_package_that_is_not_up_to_date_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "plugin"
    shutil.copytree(plugin.FOLDER, folder)
    assert plugin.is_packed(folder)
    (folder / "plugin.xml").write_text("changed")
    assert not plugin.is_packed(folder)
    (folder / plugin.ZIP).unlink()
    assert not plugin.is_packed(folder)


def test_the_package_is_the_same_wherever_it_is_made() -> None:
    files = {"b": b"2", "a": b"1"}
    assert plugin.zipped(files) == plugin.zipped(dict(sorted(files.items())))
    with zipfile.ZipFile(io.BytesIO(plugin.zipped(files))) as made:
        assert [(entry.filename, entry.date_time, entry.compress_type) for entry in made.infolist()] == [
            ("a", (1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED),
            ("b", (1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED),
        ]


def test_plugin_xml_stands_at_the_root_and_allows_oauth(package: zipfile.ZipFile) -> None:
    assert sorted(package.namelist()) == ["plugin.xml", plugin.QUERIES]
    root = ElementTree.fromstring(package.read("plugin.xml"))
    assert root.tag == f"{NAMESPACE}plugin"
    assert root.find(f"{NAMESPACE}oauth") is not None
    assert re.fullmatch(r"[0-9.]+", root.get("version", ""))


def test_the_query_is_the_one_that_the_operator_asks_for(package: zipfile.ZipFile) -> None:
    root = ElementTree.fromstring(package.read(plugin.QUERIES))
    (query,) = root.findall("query")
    assert (query.get("name"), query.get("flattened")) == (CO_TEACHER_QUERY, "true")
    columns = query.findall("columns/column")
    assert {column.text for column in columns} == set(CoTeacherRow.__struct_fields__)
    asked = asked_for(package)
    assert {tuple((column.get("column") or "").split(".")) for column in columns} <= asked


def test_the_columns_are_selected_in_their_order_and_only_from_fields_that_were_asked_for(
    package: zipfile.ZipFile,
) -> None:
    root = ElementTree.fromstring(package.read(plugin.QUERIES))
    sql = root.findtext("query/sql") or ""
    selected = re.findall(r"(\w+)\.(\w+)", sql.partition("from")[0])
    columns = [tuple((column.get("column") or "").lower().split(".")) for column in root.iter("column")]
    assert selected == columns
    used = {(table.upper(), field.upper()) for table, field in re.findall(r"(\w+)\.(\w+)", sql)}
    assert used <= asked_for(package)


def test_nothing_personal_is_asked_for_that_licenses_do_not_need(package: zipfile.ZipFile) -> None:
    fields = asked_for(package)
    assert not {field for _, field in fields} & PERSONAL


def test_the_page_says_of_each_field_what_it_is_for(package: zipfile.ZipFile) -> None:
    table = re.findall(
        r"^\| `(\w+)\.(\w+)` \| (.+) \|$", (plugin.FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted((name, field) for name, field, _ in table) == sorted(asked_for(package))
