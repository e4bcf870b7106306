"""Spans of what a sync does, for whoever collects traces; while nobody does, they cost nothing.

They cross every layer, as log lines do, so whether they go anywhere is decided once, when the process starts
(`ops.traces`). A span holds counts, codes and names that the Kubernetes API shows as well: nothing of a person, no
query, no text of an exception. docs/reference/traces.md lists them all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Final, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Value = str | int | float | bool


class Span(Protocol):
    """Something that takes time, while it does."""

    @property
    def trace_id(self) -> str:
        """By which all spans of a sync are found; empty: nobody collects them."""
        ...

    def add(self, attributes: Mapping[str, Value]) -> None:
        """Tell what became known of it."""
        ...


class Tracer(Protocol):
    """What becomes of spans."""

    def span(self, name: str, attributes: Mapping[str, Value], *, request: bool) -> AbstractContextManager[Span]:
        """One, which ends with the context; `request`: to another server."""
        ...


class _Nothing:
    """A span that nobody collects, again and again the same."""

    trace_id = ""

    def add(self, attributes: Mapping[str, Value]) -> None:
        """Nobody is told."""


class Untraced:
    """Nobody collects."""

    _nothing: Final = contextlib.nullcontext(_Nothing())

    def span(self, name: str, attributes: Mapping[str, Value], *, request: bool) -> AbstractContextManager[Span]:  # noqa: ARG002
        """The same for everything."""
        return self._nothing


_tracer: Tracer = Untraced()


def trace_by(tracer: Tracer) -> None:
    """Give all spans of this process to it from now on."""
    global _tracer  # noqa: PLW0603
    _tracer = tracer


def span(
    name: str, attributes: Mapping[str, Value] | None = None, *, request: bool = False
) -> AbstractContextManager[Span]:
    """What happens inside; an exception that ends it is told by its type."""
    return _tracer.span(name, attributes or {}, request=request)


def traced(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A span for each call of a function, which must not be a generator's."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def within(*args: P.args, **kwargs: P.kwargs) -> T:
            with span(name):
                return function(*args, **kwargs)

        return within

    return decorate
