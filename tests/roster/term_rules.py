"""Any rules of terms, for tests of what must hold whatever they are."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from roster_operator.roster.terms import Freeze, Preview, TermRules


@st.composite
def term_rules(draw: st.DrawFn, days: Sequence[str], terms: Sequence[str]) -> TermRules:
    """With seasons that begin and end on some of `days`, in their order, and do not overlap."""
    bounds = sorted(draw(st.lists(st.sampled_from(days), max_size=6, unique=True)))
    freezes, previews = [], []
    for first, following in zip(bounds[::2], bounds[1::2], strict=False):
        if draw(st.booleans()):
            adds_from = draw(st.none() | st.lists(st.sampled_from(terms), unique=True).map(tuple))
            freezes.append(Freeze(first=first, next=following, adds_from=adds_from))
        else:
            previews.append(Preview(first=first, next=following))
    some = st.sampled_from([0, 0, 1, 3, 9])
    return TermRules(lead_days=draw(some), grace_days=draw(some), freezes=tuple(freezes), previews=tuple(previews))
