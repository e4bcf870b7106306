"""The wizard's pages up to the eBooks: credentials, schools and courses, each with what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Kind, Link, Mark, Page, Section, Table
from roster_operator.console.views.district import HOME
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.choices import Chosen, CourseChoice
from roster_operator.operations.wizard.draft import Draft, Step
from roster_operator.operations.wizard.offer import OfferedSchool
from roster_operator.operations.wizard.systems import System, system_of, systems
from roster_operator.operations.wizard.words import ACCEPTED, TITLES, course_title
from roster_operator.plurals import counted

ROWS: Final = 50
"""Of what there is to choose from, on one page."""
_ZONES: Final = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu"),
)
_NEEDED: Final = "You need three values from your district's administrator: the URL, the key and the secret."
_KEPT: Final = (
    "Your answers are kept on the server for a day, so that you can leave and come back. The secret is kept in its "
    "memory only, until you have not been here for half an hour."
)
PATHS: Final = {
    Step.CONNECTION: "connection",
    Step.SCHOOLS: "schools",
    Step.COURSES: "courses",
    Step.EBOOKS: "ebooks",
    Step.REVIEW: "review",
    Step.GO_LIVE: "live",
}


def at(district: DistrictName, part: str = "") -> str:
    """The address of a page of the wizard."""
    return addresses.wizard(district.namespace, district.name, part)


def way(district: DistrictName) -> tuple[Link, ...]:
    """Above its pages."""
    return HOME, Link(district.name, addresses.district(district.namespace, district.name)), Link("Setup", at(district))


def title_of(step: Step) -> str:
    """With how far it is."""
    return f"Step {list(Step).index(step) + 1} of {len(Step)}: {TITLES[step]}"


def begin_page(alert: str = "") -> Page:
    """Which district."""
    hint = "Of its resource, such as springfield: lower case letters, digits and -."
    fields = (
        Field("namespace", "Namespace", "", hint="The one that the Platform engineer gave you.", required=True),
        Field("name", "Name of the district", "", hint=hint, required=True),
    )
    form = Form(addresses.WIZARD, fields, "Begin", method="get")
    section = Section("Which district?", notes=(_NEEDED, "It takes 15 minutes."), form=form)
    return Page("Set up a district", (section,), way=(HOME,), alert=alert)


def overview_page(district: DistrictName, draft: Draft, *, existing: bool, following: Step | None) -> Page:
    """What was answered, each to be changed; `following`: the step to go on with."""
    rows = tuple(
        (
            TITLES[step],
            Mark("answered", "good") if step in draft.done else Mark("to do", "warn"),
            _change(district, step),
        )
        for step in Step
    )
    on = Link(f"Go on: {TITLES[following]}", at(district, PATHS[following])) if following else None
    links = (on or Link("Go on: what becomes of it", at(district, "result")),)
    told = "It is there already: you can change any setting." if existing else _NEEDED
    again = Section("Begin again", form=Form(at(district, "again"), (), "Forget these answers"))
    return Page(
        f"Set up {district.name}",
        (
            Section(
                "Steps",
                notes=(told, _KEPT),
                tables=(Table("In this order", ("Step", "State", "Change"), rows, ""),),
                links=links,
            ),
            again,
        ),
        way=way(district),
    )


def connection_page(
    district: DistrictName,
    typed: Mapping[str, str],
    *,
    accepted: bool = False,
    problem: str = "",
    not_shared: Sequence[str] = (),
    notices: Sequence[str] = (),
    asks: Sequence[str] = (),
) -> Page:
    """URL, key and secret; and what came of them. `asks`: further fields that a message has named."""
    told = " ".join(f"Not shared: {each}" for each in not_shared)
    on = Section("Next", notes=tuple(notices), links=(Link("Next: schools", at(district, PATHS[Step.SCHOOLS])),))
    form = Form(at(district, PATHS[Step.CONNECTION]), tuple(_fields(typed, asks)), "Save, and try them")
    return Page(
        title_of(Step.CONNECTION),
        (*((on,) if accepted else ()), Section("Credentials", notes=(_NEEDED,), form=form)),
        way=way(district),
        alert=problem or told,
        done=ACCEPTED if accepted else "The SIS accepts the credentials." if not_shared else "",
    )


def waiting_page(district: DistrictName, step: Step, rows: int, doing: str) -> Page:
    """While the SIS is being asked."""
    told = f"{counted(rows, 'row[s]')} so far." if rows else "It has not answered yet."
    here = Link("See how far it is", at(district, PATHS[step]))
    return Page(title_of(step), (Section(doing, notes=(told,), links=(here,)),), way=way(district))


def schools_page(
    district: DistrictName, schools: Sequence[OfferedSchool], chosen: Chosen, *, contains: str = "", alert: str = ""
) -> Page:
    """To include a school, +; to remove one, Remove."""
    action = at(district, PATHS[Step.SCHOOLS])
    taken = [school for school in schools if school.id in chosen.keys]
    rest = [school for school in schools if school.id not in chosen.keys and _fits(contains, school.name, school.id)]

    def row(school: OfferedSchool, button: Button) -> tuple[Cell, ...]:
        return school.name, button, school.size.classes, school.size.students, school.id

    head = ("School", "Choose", "Classes", "Students", "Id")
    included = tuple(row(each, _remove(action, each.id, each.name)) for each in taken)
    offered = tuple(row(each, _include(action, each.id, each.name)) for each in rest[:ROWS])
    return _choosing_page(
        district,
        Step.SCHOOLS,
        _missing("school", chosen.missing),
        Table("Included", head, included, "No school is included yet."),
        Table(_of_all("There is", offered, rest), head, offered, "There is no other."),
        contains=contains,
        alert=alert,
    )


def courses_page(
    district: DistrictName, courses: Sequence[CourseChoice], chosen: Chosen, *, contains: str = "", alert: str = ""
) -> Page:
    """Those of the chosen schools first, with the classes and students there."""
    action = at(district, PATHS[Step.COURSES])
    taken = [each for each in courses if each.course.key in chosen.keys]
    rest = [
        each
        for each in courses
        if each.course.key not in chosen.keys and _fits(contains, each.course.value, each.course.title)
    ]

    def row(each: CourseChoice, button: Button) -> tuple[Cell, ...]:
        size = (each.size.classes, each.size.students) if each.taught else (0, 0)
        return course_title(each.course), button, *size

    head = ("Course", "Choose", "Classes", "Students")
    included = tuple(row(each, _remove(action, each.course.key, course_title(each.course))) for each in taken)
    offered = tuple(row(each, _include(action, each.course.key, course_title(each.course))) for each in rest[:ROWS])
    return _choosing_page(
        district,
        Step.COURSES,
        _missing("course", chosen.missing),
        Table("Included", head, included, "No course is included yet."),
        Table(
            _of_all("There is, those of the chosen schools first", offered, rest), head, offered, "There is no other."
        ),
        contains=contains,
        alert=alert,
    )


def _choosing_page(
    district: DistrictName,
    step: Step,
    missing: Sequence[str],
    included: Table,
    offered: Table,
    *,
    contains: str,
    alert: str,
) -> Page:
    steps, action = list(Step), at(district, PATHS[step])
    after, before = (steps[steps.index(step) + by] for by in (1, -1))
    links = (
        Link(f"Next: {TITLES[after]}", at(district, PATHS[after])),
        Link(f"Back: {TITLES[before]}", at(district, PATHS[before])),
    )
    search = Form(action, (Field("contains", "Name or number contains", contains),), "Search", method="get")
    return Page(
        title_of(step),
        (
            Section("What is processed", notes=tuple(missing), tables=(included,), links=links),
            Section("To include one, press +", form=search, tables=(offered,)),
        ),
        way=way(district),
        alert=alert,
    )


def _change(district: DistrictName, step: Step) -> Link:
    return Link(f"open {TITLES[step]}", at(district, PATHS[step]))


def _include(action: str, key: str, title: str) -> Button:
    return Button("+", action, {"add": key}, f"include {title}")


def _remove(action: str, key: str, title: str) -> Button:
    return Button("Remove", action, {"remove": key}, title)


def _fits(contains: str, *texts: str) -> bool:
    return not contains or any(contains.casefold() in text.casefold() for text in texts)


def _of_all(told: str, shown: Sequence[object], there: Sequence[object]) -> str:
    return f"{told}: {len(shown)} of {len(there)}. Search for the others." if len(shown) < len(there) else told


def _missing(kind: str, entries: Sequence[str]) -> tuple[str, ...]:
    told = "The SIS no longer offers the {} with the {}; it is left out unless you choose it anew."
    return tuple(told.format(kind, each) for each in entries)


def _fields(typed: Mapping[str, str], asks: Sequence[str]) -> list[Field]:
    url, chosen = typed.get("url", ""), typed.get("system", "")
    system = _system(chosen)
    key, secret = (system.words.key, system.words.secret) if system else ("key", "secret")
    options = (("", "As the URL tells"), *(("/".join(each.key), each.title) for each in systems()))
    zone = typed.get("zone", "") or "America/Chicago"
    zones = tuple((each, each) for each in dict.fromkeys((zone, *_ZONES)))
    found = [
        Field("url", "URL of your OneRoster API server", url, hint="It begins with https://.", required=True),
        Field("system", "Which system is it?", chosen, Kind.CHOICE, options),
        Field("key", f"{key[:1].upper()}{key[1:]} (public key)", typed.get("key", ""), hint="The client ID."),
        Field("secret", f"{secret[:1].upper()}{secret[1:]}", "", Kind.SECRET, hint="It is never shown again."),
        Field("zone", "Time zone of the district", zone, Kind.CHOICE, zones),
    ]
    titles = {
        "ssh-privatekey": "Private key (SFTP)",
        "knownHosts": "The server's host key, as ssh-keyscan prints it",
        "ca.crt": "Certificate of the district's authority (PEM)",
    }
    for name in asks:
        if name in titles:
            found.append(Field(name, titles[name], typed.get(name, ""), Kind.LINES))
        else:
            found.append(Field(f"source.{name}", f"spec.source.{name}", typed.get(f"source.{name}", "")))
    return found


def _system(chosen: str) -> System | None:
    type_, _, vendor = chosen.partition("/")
    return system_of(type_, vendor) if any("/".join(each.key) == chosen for each in systems()) else None
