"""Faults that a simulated district can be told to have, and which of them strike a given request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from district_simulator.exchange import Route

Wants = Literal["nothing", "number", "text", "one"]
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_COMMON = ("on", "page", "times", "after")


class UnknownFaultError(ValueError):
    """No fault has this name, or its text cannot be read."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault that exists: the stage of a request at which it acts, and what it does.

    `wants` is the value that it takes: nothing, number, text, or one of `choices`. `times` and `page` are what a
    fault of this kind has when its text does not say.
    """

    name: str
    stage: str
    act: Callable[..., Any]
    summary: str
    wants: Wants = "nothing"
    choices: tuple[str, ...] = ()
    times: int | None = None
    page: int | None = None

    def check(self, value: str | None) -> None:
        """Raise UnknownFaultError for a value that this kind of fault does not take."""
        if self.wants == "one" and value not in self.choices:
            raise UnknownFaultError(f"{self.name} has one of the values {', '.join(self.choices)}")
        if self.wants == "nothing" and value is not None:
            raise UnknownFaultError(f"{self.name} takes no value")
        if self.wants == "number" and value is not None and not _NUMBER.fullmatch(value):
            raise UnknownFaultError(f"{self.name} takes a number, not {value!r}")


KINDS: dict[str, FaultKind] = {}


def fault_kind(
    name: str,
    stage: str,
    *,
    wants: Wants = "nothing",
    choices: tuple[str, ...] = (),
    times: int | None = None,
    page: int | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a kind of fault; the first line of its docstring is the summary."""

    def register(act: Callable[..., Any]) -> Callable[..., Any]:
        summary = (act.__doc__ or "").strip().partition("\n")[0]
        KINDS[name] = FaultKind(name, stage, act, summary, wants, choices, times, page)
        return act

    return register


@dataclass(slots=True)
class Fault:
    """A fault that is switched on.

    `on` limits it to routes (a label or a collection), `page` to the n-th page of the reader's own page size,
    `times` to so many strikes, `after` leaves the first so many matching requests alone.
    """

    name: str
    value: str | None = None
    on: frozenset[str] = frozenset()
    page: int | None = None
    times: int | None = None
    after: int = 0
    options: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read NAME[=VALUE][,on=ROUTE+ROUTE][,page=K][,times=N][,after=N][,option=value...]."""
        head, *rest = text.split(",")
        name, _, value = head.partition("=")
        if name not in KINDS:
            raise UnknownFaultError(f"no fault is called {name!r}; there are: {', '.join(sorted(KINDS))}")
        kind = KINDS[name]
        kind.check(value or None)
        options = {}
        for part in rest:
            key, equals, option = part.partition("=")
            if not equals:
                raise UnknownFaultError(f"{part!r} is not option=value")
            options[key] = option
        try:
            int(options.get("every", "1"))
            return cls(
                name,
                value or None,
                frozenset(options["on"].split("+")) if "on" in options else frozenset(),
                int(options["page"]) if "page" in options else kind.page,
                int(options["times"]) if "times" in options else kind.times,
                int(options.get("after", "0")),
                {key: option for key, option in options.items() if key not in _COMMON},
            )
        except ValueError as error:
            raise UnknownFaultError(f"{text!r}: page, times, after and every are whole numbers") from error

    def number(self, default: float) -> float:
        """The value as a number, or the default where the fault has none."""
        return default if self.value is None else float(self.value)

    def strikes(self, route: Route, page: int | None) -> bool:
        """Whether the fault strikes this request; counts requests and strikes."""
        if self.on and not route.is_meant_by(self.on):
            return False
        if not self.on and route.label == "/token":
            return False
        if self.page is not None and self.page != page:
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.struck >= self.times):
            return False
        self.struck += 1
        return True


@dataclass(slots=True)
class FaultBoard:
    """The faults that are switched on, in the order in which they were."""

    active: list[Fault] = field(default_factory=list)

    def striking(self, stage: str, route: Route, page: int | None) -> Iterator[tuple[Fault, Callable[..., Any]]]:
        """The faults of a stage that strike this request, each with what it does."""
        for fault in list(self.active):
            kind = KINDS[fault.name]
            if kind.stage == stage and fault.strikes(route, page):
                yield fault, kind.act

    def has(self, name: str) -> bool:
        """Whether a fault of a name is switched on."""
        return any(fault.name == name for fault in self.active)

    def value(self, name: str) -> float:
        """The sum of the numbers of all switched-on faults of a name; 0 where there is none."""
        return sum(fault.number(0) for fault in self.active if fault.name == name)
