"""Members and columns that are named almost like one that a section should have, and does not.

A member that is renamed looks like one that is empty in every row: no end date, no status, no login. So where one holds
a value in no row, and another looks as if it had taken its place, the section is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher
from functools import cache
from typing import Final

_CLOSE: Final = 0.85
"""From this likeness on, two names are the same word with a slip of the pen."""
_SHORTEST: Final = 5
"""Letters; among shorter names many are alike."""
_LONGEST: Final = 40
_EXTENSION: Final = re.compile(r"metadata|(?:meta|ext|x)[^a-z0-9]", re.IGNORECASE)
_ADDRESS: Final = frozenset(
    ("address", "address1", "addressline1", "street", "streetaddress", "city", "town", "zip", "zipcode", "postalcode")
)
"""Beside any of these, `state` is a part of an address."""

_OF: Final = (
    "(?:student|teacher|user|person|member|enrol+ment|membership|class|course|section|school|org|term|session|"
    "academicsession|role|record|row|account|current|actual|primary|sis)?"
)
_DAY: Final = "(?:date|dt|day|on|time|datetime|timestamp)"
_END: Final = (
    "end|ends|ended|exit|exits|exited|stop|finish|finished|until|withdrawn|withdrew|left|expires|expiry|validto"
)
_END_ON: Final = (
    f"{_END}|leave|leaving|withdraw|withdrawal|drop|dropped|last|final|to|through|thru|expiration|expire|completion|"
    "completed|close|closed|termination|terminate|unenrol+|unenrol+ed|disenrol+|validuntil|effectiveend|effectiveto|inactive"
)
_BEGIN: Final = "begin|begins|began|start|starts|started|entry|entered|validfrom"
_BEGIN_ON: Final = (
    f"{_BEGIN}|enter|enrol+|enrol+ed|enrol+ment|enrol+mentstart|add|added|first|from|since|join|joined|admission|admit|"
    "effective|effectivestart|effectivefrom|commence|open"
)
_BOOLEAN: Final = "(?:is|has|can)?(?:user|account|login)?"

_TAKES_ITS_PLACE: Final = {
    "enddate": rf"{_OF}(?:{_END})|{_OF}(?:{_END_ON}){_DAY}|date(?:of)?(?:{_END_ON})",
    "begindate": rf"{_OF}(?:{_BEGIN})|{_OF}(?:{_BEGIN_ON}){_DAY}|date(?:of)?(?:{_BEGIN_ON})",
    "status": (
        rf"{_OF}(?:enrol+|active|lifecycle|entity|object|login)?(?:status|stat)(?:code|type|name|value|flag|text|cd|id)?|"
        r"(?:enrol+ment|student|user|record|row|lifecycle|entity|object)?state|"
        r"(?:is)?(?:active|deleted|tobedeleted|inactive)(?:flag|record)?"
    ),
    "enableduser": (
        rf"{_BOOLEAN}(?:enabled|enable|active|disabled|disable|inactive|locked|suspended|login|signin)(?:flag|user|account)?|"
        r"(?:allow|may)(?:login|signin)|(?:user|account|login)(?:status|state)"
    ),
    "username": (
        r"(?:student|teacher|user|person|portal|network|net|domain|windows|ad|ldap|sso|google|account|district|school|sis)?"
        r"(?:log[io]n|signin|username|screenname|useraccount)(?:id|name|code|user)?|"
        r"(?:sam)?accountname|(?:user)?principalname|userprincipal|upn|(?:network|net|portal|ldap|sso|ad)id"
    ),
    "email": (
        r"(?:student|teacher|staff|user|person|primary|school|district|work|contact|sis|google|official)?"
        r"(?:email|mail)s?(?:1|id)?|(?:student|teacher|staff|user|person|primary|school|district|work|electronic)?"
        r"(?:email|electronicmail)(?:address|addr|adr)(?:es)?"
    ),
    "role": rf"{_OF}(?:role|roles)(?:name|type|code|id)?|(?:user|person|member|enrol+ment|account)type",
    "terms": (
        r"(?:academic)?(?:terms?|sessions?|semesters?)(?:id|ref|code|name|key|guid|sourcedid|sourcedguid)?s?|(?:grading|marking)periods?|"
        r"academicsessions?(?:sourcedid|id|ref)?s?"
    ),
    "course": r"courses?(?:id|ref|code|number|sourcedid|guid)?s?|catalogcourse",
    "school": r"(?:schools?|orgs?|organi[sz]ations?|buildings?|campus|site)(?:id|ref|code|number|sourcedid|guid)?s?",
    "user": r"(?:users?|students?|teachers?|persons?|people|member|learner)(?:id|ref|number|sourcedid|guid)?s?",
    "class": r"(?:class|classes|sections?|group|courseoffering)(?:id|ref|number|sourcedid|guid)?s?",
    "sourcedid": r"(?:id|guid|uuid|sourceid|sourcesid|sourcedguid|sourcedids|recordid|externalid|refid|key|_id)",
    "coursecode": r"(?:course)?(?:code|number|no|nbr|num)|courseid",
    "title": r"(?:course|class|section|session|term)?(?:name|title|description)",
    "name": r"(?:school|org|organi[sz]ation)?(?:title|name)",
    "identifier": r"(?:student|local|employee|staff|user|person|school|state|sis)(?:id|number|no|code|identifier)",
}
"""Names as `folded` has them, to the pattern of those that mean the same elsewhere."""
_ALIASES: Final = {
    "startdate": "begindate",
    "roles": "role",
    "termsourcedids": "terms",
    "termsourcedid": "terms",
    "coursesourcedid": "course",
    "schoolsourcedid": "school",
    "usersourcedid": "user",
    "classsourcedid": "class",
}


def folded(name: str) -> str:
    """A name without its case, and without what stands between its words."""
    return "".join(character for character in name.lower() if character.isalnum())


def lookalike(missing: str, present: Collection[str], official: Collection[str]) -> str:
    """Which of the names that hold values may stand for the one that holds none; empty if none does.

    Never one of the `official` names of the section, in any version of OneRoster, and none of an extension.
    """
    wanted = folded(missing)
    known = {folded(name) for name in official} - {wanted}
    others = {
        name: folded(name)
        for name in sorted(present)
        if name != missing and len(name) <= _LONGEST and not _EXTENSION.match(name)
    }
    is_address = not _ADDRESS.isdisjoint(others.values())
    candidates = {
        name: spelled
        for name, spelled in others.items()
        if spelled and spelled not in known and not (spelled == "state" and is_address)
    }
    for resembles in (_is_same, _means_the_same, _is_close):
        found = next((name for name, spelled in candidates.items() if resembles(wanted, spelled)), "")
        if found:
            return found
    return ""


def _is_same(wanted: str, spelled: str) -> bool:
    return wanted == spelled


def _means_the_same(wanted: str, spelled: str) -> bool:
    pattern = _pattern(wanted)
    return pattern is not None and pattern.fullmatch(spelled) is not None


@cache
def _pattern(wanted: str) -> re.Pattern[str] | None:
    written = _TAKES_ITS_PLACE.get(_ALIASES.get(wanted, wanted))
    return None if written is None else re.compile(written)


def _is_close(wanted: str, spelled: str) -> bool:
    shortest = min(len(wanted), len(spelled))
    return shortest >= _SHORTEST and SequenceMatcher(None, wanted, spelled).ratio() >= _CLOSE
