"""What makes one OneRoster server differ from another: a profile is data, one for each vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from district_simulator.exchange import SERVICE_PATH
from district_simulator.service import AccessSettings
from district_simulator.styles import PLAIN, RowStyle, Version

SERVICE_PATH_V1P2 = "/ims/oneroster/rostering/v1p2"
WrongQuestions = Literal["warn", "refuse", "ignore"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A vendor's habits. All paths are below the prefix; `{application}` in one stands for the client id, encoded.

    `pasted` is what a district pastes, by version, without OneRoster's own part. A token request must have the
    parameters `token_query` in its address. `wrong_questions` says what becomes of an unknown sort field and of limits
    and offsets that are no numbers. With `form_type`, a request that calls itself JSON is refused.
    """

    paths: Mapping[Version, str] = field(default_factory=lambda: {"1.1": SERVICE_PATH, "1.2": SERVICE_PATH_V1P2})
    pasted: Mapping[Version, str] = field(default_factory=dict)
    token_path: str = "/token"  # noqa: S105 - a path, not a secret
    token_query: tuple[str, ...] = ()
    shows_token_url: bool = False
    access: AccessSettings = field(default_factory=AccessSettings)
    default_limit: int = 100
    largest_limit: int | None = None
    total_headers: tuple[str, ...] = ("X-Total-Count",)
    links: bool = True
    missing_routes: frozenset[str] = frozenset()
    own_routes: frozenset[str] = frozenset()
    wrong_questions: WrongQuestions = "warn"
    form_type: bool = False
    applications: bool = False
    style: RowStyle = PLAIN


GENERIC = Profile()
