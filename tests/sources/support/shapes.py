"""How users are read in tests, on one day."""

from __future__ import annotations

from roster_operator.roster.dates import Days
from roster_operator.sources.oneroster.users import UserShapes

TODAY = "2026-10-15"
SHAPES = UserShapes(Days(TODAY))
TEACHERS, STUDENTS, USERS = SHAPES.teachers, SHAPES.students, SHAPES.everybody
