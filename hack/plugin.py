"""Writes the plugin package that a PowerSchool district installs, from one table of the fields that it asks for.

`--write` writes examples/powerschool-plugin, the ZIP included; `--check` says whether it is up to date. The ZIP holds
nothing of the machine that made it, so that whoever makes it anew gets the same bytes.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from roster_operator.sources.powerschool.settings import CO_TEACHER_QUERY

FOLDER: Final = Path(__file__).resolve().parents[1] / "examples" / "powerschool-plugin"
ZIP: Final = "cpm-rostering-plugin.zip"
QUERIES: Final = "queries_root/cpm_rostering.named_queries.xml"
VERSION: Final = "1.0.0"
"""Digits and dots. PowerSchool takes a plugin for new by it, and has new access confirmed."""
CONTACT: Final = "rostering@example.org"
"""Whom administrators ask; PowerSchool shows it in the list of plugins."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class Field(NamedTuple):
    """A field of PowerSchool's data dictionary, and what it is needed for."""

    table: str
    name: str
    why: str


FIELDS: Final = (
    Field("SCHOOLS", "DCID", "tells schools apart"),
    Field("SCHOOLS", "NAME", "schools are chosen by name"),
    Field("SCHOOLS", "SCHOOL_NUMBER", "or by number"),
    Field("TERMS", "DCID", "tells terms apart"),
    Field("TERMS", "ID", "leads from a section to its term"),
    Field("TERMS", "SCHOOLID", "leads from a section to its term"),
    Field("TERMS", "YEARID", "only current school years are read"),
    Field("TERMS", "FIRSTDAY", "books are there from the first day on"),
    Field("TERMS", "LASTDAY", "to the last"),
    Field("COURSES", "DCID", "tells courses apart"),
    Field("COURSES", "COURSE_NUMBER", "courses are chosen by number"),
    Field("COURSES", "COURSE_NAME", "or by name"),
    Field("SECTIONS", "DCID", "tells sections apart"),
    Field("SECTIONS", "ID", "leads from teachers and students to the section"),
    Field("SECTIONS", "COURSE_NUMBER", "leads to the course, and so to the book"),
    Field("SECTIONS", "SCHOOLID", "leads to the school"),
    Field("SECTIONS", "TERMID", "leads to the term"),
    Field("SECTIONS", "TEACHER", "the lead teacher"),
    Field("SECTIONTEACHER", "ID", "tells the rows of co-teachers apart"),
    Field("SECTIONTEACHER", "SECTIONID", "leads from a co-teacher to the section"),
    Field("SECTIONTEACHER", "TEACHERID", "leads to the co-teacher"),
    Field("SECTIONTEACHER", "START_DATE", "co-teachers have books from this day on"),
    Field("SECTIONTEACHER", "END_DATE", "to this one"),
    Field("SCHOOLSTAFF", "DCID", "tells staff apart within a school"),
    Field("SCHOOLSTAFF", "ID", "leads from a section to its teachers"),
    Field("SCHOOLSTAFF", "USERS_DCID", "who teaches in two schools is one person"),
    Field("USERS", "DCID", "tells teachers apart"),
    Field("USERS", "TEACHERNUMBER", "recognises a teacher's account"),
    Field("USERS", "TEACHERLOGINID", "recognises a teacher's account"),
    Field("USERS", "LOGINID", "the same, for who has no login as a teacher"),
    Field("USERS", "EMAIL_ADDR", "recognises a teacher's account"),
    Field("STUDENTS", "DCID", "tells students apart"),
    Field("STUDENTS", "ID", "leads from an enrollment to the student"),
    Field("STUDENTS", "STUDENT_NUMBER", "recognises a student's account"),
    Field("STUDENTS", "STUDENT_WEB_ID", "recognises a student's account"),
    Field("STUDENTS", "SCHOOLID", "students are read school by school"),
    Field("STUDENTS", "ENROLL_STATUS", "who has left has no books"),
    Field("CC", "DCID", "tells enrollments apart"),
    Field("CC", "SECTIONID", "who is in which section"),
    Field("CC", "STUDENTID", "who is in which section"),
    Field("CC", "DATEENROLLED", "from which day on"),
    Field("CC", "DATELEFT", "up to which day"),
)
"""No name, no birth date, no address, no guardian, no grade, no demographics: nothing that licenses do not need."""

COLUMNS: Final = (
    ("SECTIONTEACHER.ID", "id", "sectionteacher.id"),
    ("SECTIONS.DCID", "section_id", "sections.dcid"),
    ("USERS.DCID", "users_dcid", "users.dcid"),
    ("SCHOOLSTAFF.DCID", "staff_id", "schoolstaff.dcid"),
    ("SECTIONTEACHER.START_DATE", "start_date", "to_char(sectionteacher.start_date, 'YYYY-MM-DD')"),
    ("SECTIONTEACHER.END_DATE", "end_date", "to_char(sectionteacher.end_date, 'YYYY-MM-DD')"),
)
"""Field asked for, name in the answer, SQL; PowerSchool matches them by position."""


def plugin_xml() -> str:
    """What the plugin is called, and what it asks for."""
    fields = "\n".join(f'    <field table="{one.table}" field="{one.name}" access="ViewOnly"/>' for one in FIELDS)
    description = "Lets the publisher's Roster Operator read who teaches and studies which course. It writes nothing."
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<plugin xmlns="http://plugin.powerschool.pearson.com"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="http://plugin.powerschool.pearson.com plugin.xsd"
        name="CPM Rostering" version="{VERSION}"
        description={quoteattr(description)}>
  <oauth/>
  <access_request>
{fields}
  </access_request>
  <publisher name="CPM Educational Program">
    <contact email="{CONTACT}"/>
  </publisher>
</plugin>
"""


def queries_xml() -> str:
    """The PowerQuery for co-teachers, who are not in PowerSchool's API."""
    columns = "\n".join(f'      <column column="{field}">{label}</column>' for field, label, _ in COLUMNS)
    select = ",\n               ".join(sql for _, _, sql in COLUMNS)
    why = "Who teaches the sections of terms that are on, begin within 120 days or have just ended."
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<queries>
  <query name="{CO_TEACHER_QUERY}" coreTable="sectionteacher" flattened="true">
    <description>{escape(why)}</description>
    <columns>
{columns}
    </columns>
    <sql>
      <![CDATA[
        select {select}
          from sectionteacher
          join sections on sections.id = sectionteacher.sectionid
          join terms on terms.id = sections.termid and terms.schoolid = sections.schoolid
          join schoolstaff on schoolstaff.id = sectionteacher.teacherid
          join users on users.dcid = schoolstaff.users_dcid
         where terms.lastday >= trunc(sysdate) - 7
           and terms.firstday <= trunc(sysdate) + 120
         order by sectionteacher.id
      ]]>
    </sql>
  </query>
</queries>
"""  # noqa: S608 - constants


def readme() -> str:
    """Each field, and why it is asked for."""
    rows = "\n".join(f"| `{one.table}.{one.name}` | {one.why} |" for one in FIELDS)
    return f"""# The plugin package for PowerSchool

What a district installs so that Roster Operator may read its roster: [how](../../docs/connect/powerschool-native.md).
`make powerschool-plugin` writes all files of this folder, `{ZIP}` included, from `hack/plugin.py`, and
`make lint` checks that they are up to date.

It asks to see these fields, and to change none. There is no name, no birth date, no address, no guardian, no grade and
no demographics among them. Whoever changes the list raises the version, and administrators confirm the access anew.

| Field | What it is for |
|---|---|
{rows}

`{QUERIES}` brings the PowerQuery `{CO_TEACHER_QUERY}`: the co-teachers, whom PowerSchool's API does not know. The names
of tables and fields are those of PowerSchool's data dictionary; the administrator sees them all on the page that asks
for confirmation. The contact in `plugin.xml` is the publisher's to set, in `hack/plugin.py`.
"""


def zipped(files: dict[str, str]) -> bytes:
    """A ZIP of these files that is the same wherever and whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            package.writestr(entry, files[name].encode())
    return buffer.getvalue()


def package() -> dict[str, bytes]:
    """Every file of the folder."""
    inside = {"plugin.xml": plugin_xml(), QUERIES: queries_xml()}
    return {
        **{name: text.encode() for name, text in inside.items()},
        "README.md": readme().encode(),
        ZIP: zipped(inside),
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """Files that are not what they should be."""
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    wanted = package()
    wrong = {name for name, content in wanted.items() if name not in there or (folder / name).read_bytes() != content}
    return sorted(wrong | (there - wanted.keys()))


def main() -> int:
    """Write, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true")
    what.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        wrong = stale()
        if wrong:
            print(f"not up to date in {FOLDER.name}: {', '.join(wrong)}. Run: make powerschool-plugin", file=sys.stderr)
        return bool(wrong)
    for name, content in package().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(f"wrote {FOLDER / ZIP}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
