"""What was answered so far: the RosterIntegration in the making. It holds no secret, so it may be written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from roster_operator.api import names
from roster_operator.api.strict import InvalidManifest, parse
from roster_operator.api.v1alpha1 import RosterIntegration, SourceType
from roster_operator.errors import InvalidSpec
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.systems import System


class Step(StrEnum):
    """The steps, in the order in which they are taken."""

    CONNECTION = "Connection"
    SCHOOLS = "Schools"
    COURSES = "Courses"
    EBOOKS = "EBooks"
    REVIEW = "Review"
    """Checklist and plan."""
    GO_LIVE = "GoLive"


_SECRET_SUFFIX: Final = "-sis"  # noqa: S105 - the end of a name


@dataclass(frozen=True, slots=True)
class Draft:
    """A RosterIntegration in the making."""

    name: str
    namespace: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    """As it is written; of an existing one all of it, so that what is not asked for stays. While it is a draft, a
    course may have no eBooks yet."""
    done: tuple[Step, ...] = ()
    """Steps that were taken."""

    @property
    def next_step(self) -> Step | None:
        """The first that was not taken; None if all were."""
        return next((step for step in Step if step not in self.done), None)

    @property
    def live(self) -> bool:
        """Whether licenses are to be written."""
        return bool(self.spec.get("live"))

    @property
    def source(self) -> Mapping[str, Any]:
        """Of the spec, or what there is of it."""
        source = self.spec.get("source")
        return source if isinstance(source, Mapping) else {}

    def taken(self, step: Step, **fields: Any) -> Draft:
        """With what a step answered."""
        done = tuple(each for each in Step if each is step or each in self.done)
        return replace(self, spec={**self.spec, **fields}, done=done)

    def again(self, steps: Iterable[Step]) -> Draft:
        """With steps to be taken again; their answers stay, to be shown."""
        undone = frozenset(steps)
        return replace(self, done=tuple(step for step in self.done if step not in undone))


def begin(district: DistrictName) -> Draft:
    """Nothing was answered yet."""
    return Draft(district.name, district.namespace, {"live": False})


def draft_of(integration: RosterIntegration) -> Draft:
    """Of an existing RosterIntegration: every step was taken, and each can be taken again."""
    spec = integration.spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    return Draft(integration.name, integration.namespace, {"live": False, **spec}, tuple(Step))


def with_source(draft: Draft, system: System, base_url: str, *, application_id: str = "") -> Draft:
    """The connection. Of another system or server, the choice of schools and courses is to be looked at again."""
    before = draft.source
    same_system = (before.get("type", SourceType.ONE_ROSTER), before.get("vendor", "Generic")) == system.key
    source = dict(before) if same_system else {}
    if draft.source.get("secretRef") and "secretRef" not in source:
        source["secretRef"] = draft.source["secretRef"]
    source |= {"type": str(system.type), "vendor": system.vendor, "baseURL": base_url}
    if system.type is not SourceType.ONE_ROSTER:
        source.pop("vendor")
    if application_id:
        source["applicationID"] = application_id
    if system.needs_secret(base_url):
        source.setdefault("secretRef", {"name": f"{draft.name}{_SECRET_SUFFIX}"})
    else:
        source.pop("secretRef", None)
    moved = bool(before) and before.get("baseURL") != base_url
    if moved:
        source.pop("tokenURL", None)
    taken = draft.taken(Step.CONNECTION, source=source)
    return taken.again(each for each in Step if each is not Step.CONNECTION) if moved or not same_system else taken


def with_live(draft: Draft, live: bool) -> Draft:
    """The last answer: setup mode, or live."""
    return draft.taken(Step.GO_LIVE, live=live)


def document(draft: Draft) -> dict[str, Any]:
    """The manifest of a draft, as it is now; courses without an eBook are left out."""
    courses = [course for course in draft.spec.get("courses", ()) if course.get("ebooks")]
    spec = {key: value for key, value in draft.spec.items() if key != "courses"}
    if courses:
        spec["courses"] = courses
    order = ("live", "timeZone", "source", "schools", "courses")
    ordered = {key: spec[key] for key in order if spec.get(key) not in (None, [], ())}
    return {
        "apiVersion": names.API_VERSION,
        "kind": names.ROSTER_INTEGRATION_KIND,
        "metadata": {"name": draft.name, "namespace": draft.namespace},
        "spec": ordered | {key: value for key, value in spec.items() if key not in order},
    }


def integration_of(draft: Draft) -> RosterIntegration:
    """The RosterIntegration that a draft is; raises `InvalidSpec` for what the API server would refuse."""
    try:
        return parse(RosterIntegration, document(draft), where="your answers")
    except InvalidManifest as error:
        raise InvalidSpec("; ".join(str(error).splitlines())) from None


def connection_of(draft: Draft) -> Draft:
    """The same in setup mode and without schools and courses: what it takes to ask its SIS."""
    spec = {key: value for key, value in draft.spec.items() if key not in {"schools", "courses"}}
    return replace(draft, spec={**spec, "live": False})
