"""`EBook`: one title of the publisher's catalogue. Its name is what `spec.courses[].ebooks` refers to.

Nothing in it is immutable: its name, the one thing that licenses hang on, is so by nature, and every other field can
hold a typo.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from roster_operator.api import names
from roster_operator.api.definition import Column, Definition
from roster_operator.api.rules import Shaped
from roster_operator.api.v1alpha1.metadata import ObjectMeta
from roster_operator.api.wire import WireModel


class EBookEdition(StrEnum):
    """Who an edition is for."""

    STUDENT = "Student"
    TEACHER = "Teacher"


_ISBN = "must be an ISBN of 13 or 10 digits, with or without hyphens, such as 978-1-60328-000-0"
_ISBN_PATTERN = r"^(97[89]-?)?([0-9]-?){9}[0-9X]$"


class EBookSpec(WireModel):
    """What the publisher says about the title."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    """The title as people know it."""
    editions: Annotated[
        tuple[EBookEdition, ...],
        Field(min_length=1, max_length=2, json_schema_extra={"x-kubernetes-list-type": "set"}),
    ] = (EBookEdition.STUDENT, EBookEdition.TEACHER)
    """The editions there are. Students get the Student edition, teachers and aides the Teacher edition; who has no
    edition gets no license."""
    isbn: Annotated[str, Field(max_length=17), Shaped(_ISBN_PATTERN, _ISBN)] | None = None
    """The ISBN, with or without hyphens."""
    series: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """The series that it belongs to, such as Core Connections."""
    retired: bool = False
    """True: districts that still map a course to it get a warning in their checklist. Licenses are not affected; to end
    them, take the eBook out of the mappings."""

    @model_validator(mode="after")
    def _no_edition_twice(self) -> Self:
        if len(set(self.editions)) != len(self.editions):
            raise ValueError("editions: must not hold a value twice")
        return self


class EBook(WireModel):
    """An eBook of the publisher, to which courses are mapped."""

    definition: ClassVar[Definition] = Definition(
        kind=names.EBOOK_KIND,
        plural=names.EBOOK_PLURAL,
        scope="Cluster",
        categories=("roster",),
        columns=(
            Column("Title", "string", ".spec.title", "The title as people know it."),
            Column("Editions", "string", ".spec.editions", "The editions there are."),
            Column("Retired", "boolean", ".spec.retired", "Whether districts are told to move on."),
            Column("Age", "date", ".metadata.creationTimestamp", "Since when it exists."),
        ),
    )

    metadata: ObjectMeta = ObjectMeta()
    spec: EBookSpec
    """What the publisher says about the title."""

    @property
    def name(self) -> str:
        """What mappings refer to."""
        return self.metadata.name
