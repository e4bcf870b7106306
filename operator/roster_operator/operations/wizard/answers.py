"""Answers that somebody wrote down for a script: the spec of a RosterIntegration, or of it what the wizard asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from roster_operator.api.v1alpha1 import EBook, SourceType
from roster_operator.errors import InvalidSpec
from roster_operator.operations.wizard import choices
from roster_operator.operations.wizard.draft import Draft, Step, with_source
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.proposals import proposals
from roster_operator.operations.wizard.systems import System, recognized, system_of

_NO_SYSTEM: Final = "must be a block with baseURL: the URL that the SIS shows"


def with_answers(draft: Draft, answers: Mapping[str, Any]) -> Draft:
    """A draft with these answers; raises `InvalidSpec` for what is none.

    What they leave out stays as it is. `source` needs no more than its `baseURL`: vendor and Secret are found as in the
    wizard.
    """
    given = dict(answers)
    source = given.pop("source", None) or dict(draft.source)
    if not isinstance(source, Mapping) or not isinstance(source.get("baseURL"), str):
        raise InvalidSpec(f"your answers: source: {_NO_SYSTEM}")
    made = with_source(draft, _system(source), source["baseURL"])
    spec = {**made.spec, **given, "source": {**made.source, **source}}
    return replace(made, spec=spec, done=tuple(Step))


def without_ebooks(draft: Draft) -> bool:
    """Whether a course is left to the wizard's proposals."""
    courses = draft.spec.get("courses")
    return isinstance(courses, list | tuple) and any(
        isinstance(course, Mapping) and "ebooks" not in course for course in courses
    )


def with_proposals(draft: Draft, offer: Offer, ebooks: Mapping[str, EBook]) -> Draft:
    """With the eBook that stands out for each course that names none; raises `InvalidSpec` if none does."""
    entries = []
    for entry in draft.spec["courses"]:
        if not isinstance(entry, Mapping) or "ebooks" in entry:
            entries.append(entry)
            continue
        chosen = choices.chosen_courses(replace(draft, spec={"courses": [entry]}), offer).keys
        courses = [course for course in offer.courses if course.key in chosen]
        books = dict.fromkeys(each.ebook for course in courses for each in proposals(course, ebooks) if each.sure)
        if not books:
            written = ", ".join(f'{name} "{value}"' for name, value in entry.items())
            what = "no eBook stands out for it" if courses else "the SIS does not offer it"
            raise InvalidSpec(f"your answers: courses: {written}: {what}; name its ebooks, or correct it")
        entries.append({**entry, "ebooks": list(books)})
    return replace(draft, spec={**draft.spec, "courses": entries})


def _system(source: Mapping[str, Any]) -> System:
    if "vendor" not in source and "type" not in source:
        return recognized(source["baseURL"])
    try:
        return system_of(str(source.get("type", SourceType.ONE_ROSTER)), str(source.get("vendor", "Generic")))
    except StopIteration:
        raise InvalidSpec(
            "your answers: source: there is no such type or vendor; kubectl explain ri.spec.source"
        ) from None
