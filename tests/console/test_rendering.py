"""What a SIS, a district or a person wrote is text on a page, and never markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from roster_operator.console.elements import Button, Field, Form, Kind, Link, Mark, Page, Section, Table
from roster_operator.console.languages.readers import Language, Reader
from roster_operator.console.rendering import written
from roster_operator.messages import gettext

MARKUP = "\"><script>alert('x')</script>&amp;"
PAGE = Page("Springfield", (), (), "", ())


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, title=MARKUP),
        replace(PAGE, alert=MARKUP),
        replace(PAGE, lead=(MARKUP,)),
        replace(PAGE, way=(Link(MARKUP, MARKUP),)),
        *(
            replace(PAGE, sections=(section,))
            for section in (
                Section(MARKUP),
                Section("x", notes=(MARKUP,)),
                Section("x", notes=(gettext("{name}", name=MARKUP),)),
                Section("x", facts=((MARKUP, MARKUP),)),
                Section("x", links=(Link(MARKUP, MARKUP),)),
                Section("x", tables=(Table(MARKUP, (MARKUP,), ((MARKUP,),), ""),)),
                Section("x", tables=(Table("x", ("x",), ((Button(MARKUP, MARKUP, {MARKUP: MARKUP}, MARKUP),),), ""),)),
                Section("x", tables=(Table("x", ("x",), ((Mark(MARKUP, MARKUP), Link(MARKUP, MARKUP)),), ""),)),
                Section("x", tables=(Table("x", ("x",), (), MARKUP),)),
                Section("x", form=Form(MARKUP, (Field(MARKUP, MARKUP, MARKUP, hint=MARKUP),), MARKUP)),
                Section("x", form=Form("/", (Field("x", "x", "x", Kind.CHOICE, ((MARKUP, MARKUP),)),), "x", MARKUP)),
            )
        ),
    ],
)
@pytest.mark.parametrize("language", Language)
def test_markup_is_text(page: Page, language: Language) -> None:
    shown = written(page, Reader(language), user=MARKUP, mark=MARKUP, back=MARKUP)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_what_is_not_there_is_said_and_not_left_blank() -> None:
    table = Table("Runs", ("A", "B", "C"), (("a", None, 0),), "")
    shown = written(replace(PAGE, sections=(Section("History", tables=(table,)),)), Reader())
    assert shown.count('<span class="unseen">none</span>') == 1
    assert '<td class="number">0' in shown


def test_a_time_is_told_to_people_and_to_programs() -> None:
    at = datetime(2026, 11, 30, 23, 59, 58, tzinfo=UTC)
    shown = written(replace(PAGE, sections=(Section("History", facts=(("At", at),)),)), Reader())
    assert '<time datetime="2026-11-30T23:59:58Z">Nov 30, 2026, 11:59 PM</time>' in shown
