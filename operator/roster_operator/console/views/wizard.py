"""The wizard's pages up to the eBooks: credentials, schools and courses, each with what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Kind, Link, Mark, Page, Section, Table
from roster_operator.console.views.district import HOME
from roster_operator.messages import following as following_sentences
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.choices import Chosen, CourseChoice
from roster_operator.operations.wizard.draft import Draft, Step
from roster_operator.operations.wizard.offer import OfferedSchool
from roster_operator.operations.wizard.systems import System, system_of, systems
from roster_operator.operations.wizard.words import ACCEPTED, TITLES, course_title

ROWS: Final = 50
"""Of what there is to choose from, on one page."""
_ZONES: Final = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu"),
)
_NEEDED: Final = _("You need three values from your district's administrator: the URL, the key and the secret.")
_KEPT: Final = _(
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
    return (
        HOME,
        Link(district.name, addresses.district(district.namespace, district.name)),
        Link(_("Setup"), at(district)),
    )


def title_of(step: Step) -> str:
    """With how far it is."""
    return _("Step {number} of {all}: {title}", number=list(Step).index(step) + 1, all=len(Step), title=TITLES[step])


def begin_page(alert: str = "") -> Page:
    """Which district."""
    hint = _("Of its resource, such as springfield: lower case letters, digits and -.")
    fields = (
        Field("namespace", _("Namespace"), "", hint=_("The one that the Platform engineer gave you."), required=True),
        Field("name", _("Name of the district"), "", hint=hint, required=True),
    )
    form = Form(addresses.WIZARD, fields, _("Begin"), method="get")
    section = Section(_("Which district?"), notes=(_NEEDED, _("It takes 15 minutes.")), form=form)
    return Page(_("Set up a district"), (section,), way=(HOME,), alert=alert)


def overview_page(district: DistrictName, draft: Draft, *, existing: bool, following: Step | None) -> Page:
    """What was answered, each to be changed; `following`: the step to go on with."""
    rows = tuple(
        (
            TITLES[step],
            Mark(_("answered"), "good") if step in draft.done else Mark(_("to do"), "warn"),
            _change(district, step),
        )
        for step in Step
    )
    on = Link(_("Go on: {title}", title=TITLES[following]), at(district, PATHS[following])) if following else None
    links = (on or Link(_("Go on: what becomes of it"), at(district, "result")),)
    told = _("It is there already: you can change any setting.") if existing else _NEEDED
    again = Section(_("Begin again"), form=Form(at(district, "again"), (), _("Forget these answers")))
    return Page(
        _("Set up {name}", name=district.name),
        (
            Section(
                _("Steps"),
                notes=(told, _KEPT),
                tables=(Table(_("In this order"), (_("Step"), _("State"), _("Change")), rows, ""),),
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
    told = following_sentences(*(_("Not shared: {what}", what=each) for each in not_shared))
    on = Section(_("Next"), notes=tuple(notices), links=(Link(_("Next: schools"), at(district, PATHS[Step.SCHOOLS])),))
    form = Form(at(district, PATHS[Step.CONNECTION]), tuple(_fields(typed, asks)), _("Save, and try them"))
    return Page(
        title_of(Step.CONNECTION),
        (*((on,) if accepted else ()), Section(_("Credentials"), notes=(_NEEDED,), form=form)),
        way=way(district),
        alert=problem or told,
        done=ACCEPTED if accepted else _("The SIS accepts the credentials.") if not_shared else "",
    )


def waiting_page(district: DistrictName, step: Step, rows: int, doing: str) -> Page:
    """While the SIS is being asked."""
    told = ngettext("{number} row so far.", "{number} rows so far.", rows) if rows else _("It has not answered yet.")
    here = Link(_("See how far it is"), at(district, PATHS[step]))
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

    head = (_("School"), _("Choose"), _("Classes"), _("Students"), _("Id"))
    included = tuple(row(each, _remove(action, each.id, each.name)) for each in taken)
    offered = tuple(row(each, _include(action, each.id, each.name)) for each in rest[:ROWS])
    return _choosing_page(
        district,
        Step.SCHOOLS,
        _missing(Step.SCHOOLS, chosen.missing),
        Table(_("Included"), head, included, _("No school is included yet.")),
        Table(_of_all(_("There is"), offered, rest), head, offered, _("There is no other.")),
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

    head = (_("Course"), _("Choose"), _("Classes"), _("Students"))
    included = tuple(row(each, _remove(action, each.course.key, course_title(each.course))) for each in taken)
    offered = tuple(row(each, _include(action, each.course.key, course_title(each.course))) for each in rest[:ROWS])
    return _choosing_page(
        district,
        Step.COURSES,
        _missing(Step.COURSES, chosen.missing),
        Table(_("Included"), head, included, _("No course is included yet.")),
        Table(
            _of_all(_("There is, those of the chosen schools first"), offered, rest),
            head,
            offered,
            _("There is no other."),
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
        Link(_("Next: {title}", title=TITLES[after]), at(district, PATHS[after])),
        Link(_("Back: {title}", title=TITLES[before]), at(district, PATHS[before])),
    )
    search = Form(action, (Field("contains", _("Name or number contains"), contains),), _("Search"), method="get")
    return Page(
        title_of(step),
        (
            Section(_("What is processed"), notes=tuple(missing), tables=(included,), links=links),
            Section(_("To include one, press +"), form=search, tables=(offered,)),
        ),
        way=way(district),
        alert=alert,
    )


def _change(district: DistrictName, step: Step) -> Link:
    return Link(_("open {title}", title=TITLES[step]), at(district, PATHS[step]))


def _include(action: str, key: str, title: str) -> Button:
    return Button("+", action, {"add": key}, _("include {title}", title=title))


def _remove(action: str, key: str, title: str) -> Button:
    return Button(_("Remove"), action, {"remove": key}, title)


def _fits(contains: str, *texts: str) -> bool:
    return not contains or any(contains.casefold() in text.casefold() for text in texts)


def _of_all(told: str, shown: Sequence[object], there: Sequence[object]) -> str:
    if len(shown) == len(there):
        return told
    return _("{what}: {shown} of {all}. Search for the others.", what=told, shown=len(shown), all=len(there))


def _missing(kind: Step, entries: Sequence[str]) -> tuple[str, ...]:
    def told(entry: str) -> str:
        if kind == Step.SCHOOLS:
            return _(
                "The SIS no longer offers the school with the {entry}; it is left out unless you choose it anew.",
                entry=entry,
            )
        return _(
            "The SIS no longer offers the course with the {entry}; it is left out unless you choose it anew.",
            entry=entry,
        )

    return tuple(map(told, entries))


def _fields(typed: Mapping[str, str], asks: Sequence[str]) -> list[Field]:
    url, chosen = typed.get("url", ""), typed.get("system", "")
    system = _system(chosen)
    options = (("", _("As the URL tells")), *(("/".join(each.key), each.title) for each in systems()))
    zone = typed.get("zone", "") or "America/Chicago"
    zones = tuple((each, each) for each in dict.fromkeys((zone, *_ZONES)))
    found = [
        Field("url", _("URL of your OneRoster API server"), url, hint=_("It begins with https://."), required=True),
        Field("system", _("Which system is it?"), chosen, Kind.CHOICE, options),
        Field("key", _key_of(system), typed.get("key", ""), hint=_("The client ID.")),
        Field("secret", _secret_of(system), "", Kind.SECRET, hint=_("It is never shown again.")),
        Field("zone", _("Time zone of the district"), zone, Kind.CHOICE, zones),
    ]
    titles = {
        "ssh-privatekey": _("Private key (SFTP)"),
        "knownHosts": _("The server's host key, as ssh-keyscan prints it"),
        "ca.crt": _("Certificate of the district's authority (PEM)"),
    }
    for name in asks:
        if name in titles:
            found.append(Field(name, titles[name], typed.get(name, ""), Kind.LINES))
        else:
            found.append(Field(f"source.{name}", f"spec.source.{name}", typed.get(f"source.{name}", "")))
    return found


def _key_of(system: System | None) -> str:
    """As the product calls it."""
    if system is None:
        return _("Key (public key)")
    return _("{key} (public key)", key=_capital(system.words.key))


def _secret_of(system: System | None) -> str:
    return _("Secret") if system is None else _capital(system.words.secret)


def _capital(word: str) -> str:
    return f"{word[:1].upper()}{word[1:]}"


def _system(chosen: str) -> System | None:
    type_, _, vendor = chosen.partition("/")
    return system_of(type_, vendor) if any("/".join(each.key) == chosen for each in systems()) else None
