"""The systems that the simulator can stand in for, by the names of spec.source.vendor.

What is documented nowhere is a choice of the simulator: the limits of Aeries, Skyward and Synergy, the token paths of
Skyward and Synergy, the application `cpm` of Infinite Campus.
"""

# ruff: noqa: S106 - paths and ways to authenticate, and the demo's own secret

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from district_simulator.csv_set.service import FILES_PATH, CsvService
from district_simulator.exchange import SERVICE_PATH
from district_simulator.oneroster import OneRosterService
from district_simulator.powerschool.service import POWERSCHOOL_ACCESS, TOKEN_PATH, PowerSchoolService
from district_simulator.profile import GENERIC, SERVICE_PATH_V1P2, Profile
from district_simulator.roster import DistrictSettings
from district_simulator.service import AccessSettings, Service
from district_simulator.styles import RowStyle, Version

Versions = Literal["1.1", "1.2", "both"]
_Serve = Callable[[DistrictSettings, AccessSettings, str, tuple[Version, ...]], Service]


@dataclass(frozen=True, slots=True)
class Vendor:
    """One system: the service that stands in for it, who may read it, and what a district pastes, by version."""

    name: str
    serve: _Serve
    access: AccessSettings
    token_path: str
    pasted: Mapping[Version, str]
    shows_token_url: bool = False
    token_query: tuple[str, ...] = ()
    version: Version = "1.1"

    def versions(self, asked: Versions | None) -> tuple[Version, ...]:
        """The versions of OneRoster to serve; the vendor's own where nobody asks for others."""
        if asked is None:
            return (self.version,)
        return ("1.1", "1.2") if asked == "both" else (asked,)


def _paths(below: str) -> dict[Version, str]:
    return {"1.1": f"{below}{SERVICE_PATH}", "1.2": f"{below}{SERVICE_PATH_V1P2}"}


def _pasted(path: str) -> dict[Version, str]:
    return {"1.1": path, "1.2": path}


def _oauth2(**more: Any) -> AccessSettings:
    return AccessSettings(auth="oauth2", **more)


_AERIES = Profile(
    paths=_paths("/aeries"),
    pasted=_pasted("/aeries"),
    token_path="/aeries/token",
    access=_oauth2(expires_in=21_600),
    largest_limit=1_000,
    missing_routes=frozenset({"/schools/{id}/classes", "/schools/{id}/courses", "/schools/{id}/terms"}),
    style=RowStyle(
        ids="aeries",
        enabled_user="boolean",
        missing="omit",
        session_types={"schoolYear": "term", "semester": "term"},
        hidden_sessions=frozenset({"gradingPeriod"}),
        sessions_by_school=True,
    ),
)
_INFINITE_CAMPUS = Profile(
    paths={"1.1": f"/campus/oneroster/cpm{SERVICE_PATH}", "1.2": f"/campus/api{SERVICE_PATH_V1P2}"},
    pasted={"1.1": "/campus/oneroster/cpm", "1.2": "/campus/api"},
    token_path="/campus/oauth2/token",
    token_query=("appName",),
    shows_token_url=True,
    access=_oauth2(),
    largest_limit=50_000,
    own_routes=frozenset({"/administrators"}),
    wrong_questions="refuse",
    style=RowStyle(ids="guid", missing="omit", session_types={"schoolYear": "term", "semester": "term"}),
)
_POWERSCHOOL = Profile(
    token_path="/as/token.oauth2",
    shows_token_url=True,
    access=_oauth2(token_client_auth="body", scope_required=False),
    largest_limit=1_000,
    wrong_questions="ignore",
    style=RowStyle(ids="padded", enabled_user="boolean", missing="null", dates="some-null"),
)
_SKYWARD = Profile(
    paths=_paths("/api"),
    pasted=_pasted("/api"),
    token_path="/api/oauth/token",
    shows_token_url=True,
    access=_oauth2(token_client_auth="basic"),
    largest_limit=1_000,
    total_headers=(),
    links=False,
    wrong_questions="ignore",
    style=RowStyle(ids="number", missing="spaces", teachers_without_identifier=True),
)
_SKYWARD_QMLATIV = Profile(
    paths={"1.1": SERVICE_PATH, "1.2": "/ims/oneroster/v1p2"},
    token_path="/oauth/token",
    shows_token_url=True,
    access=_oauth2(),
    default_limit=1_000,
    largest_limit=1_000,
    wrong_questions="ignore",
    style=RowStyle(ids="number", missing="omit"),
)
_SYNERGY = Profile(
    token_path="/token",
    shows_token_url=True,
    access=_oauth2(token_client_auth="basic"),
    largest_limit=500,
    wrong_questions="ignore",
    form_type=True,
    style=RowStyle(ids="guid", missing="omit"),
)
_CLASSLINK_ROWS = RowStyle(ids="number", missing="blank", dates="constant")
_CLASSLINK = Profile(
    access=AccessSettings(auth="oauth1", signatures=("HMAC-SHA256",)),
    largest_limit=10_000,
    total_headers=("x-count", "x-total-count"),
    wrong_questions="ignore",
    style=_CLASSLINK_ROWS,
)
_CLASSLINK_PROXY = Profile(
    paths=_paths("/{application}"),
    access=AccessSettings(client_id="YXBwLTQ3MTE=", client_secret="demo-token", auth="bearer"),
    largest_limit=10_000,
    total_headers=("x-count", "x-total-count"),
    wrong_questions="ignore",
    applications=True,
    style=_CLASSLINK_ROWS,
)
_ESCHOOLDATA = Profile(access=_oauth2(), shows_token_url=True, wrong_questions="ignore", style=RowStyle(missing="null"))


def _oneroster(name: str, profile: Profile, version: Version = "1.1") -> Vendor:
    def serve(
        district: DistrictSettings, access: AccessSettings, prefix: str, versions: tuple[Version, ...]
    ) -> Service:
        return OneRosterService(district, access, prefix, profile, versions)

    pasted = {**_pasted(""), **profile.pasted}
    return Vendor(
        name, serve, profile.access, profile.token_path, pasted, profile.shows_token_url, profile.token_query, version
    )


def _serve_csv(
    district: DistrictSettings, access: AccessSettings, prefix: str, versions: tuple[Version, ...]
) -> Service:
    return CsvService(district, access, prefix, versions[-1])


def _serve_powerschool(
    district: DistrictSettings, access: AccessSettings, prefix: str, _versions: tuple[Version, ...]
) -> Service:
    return PowerSchoolService(district, access, prefix)


VENDORS = {
    vendor.name: vendor
    for vendor in (
        _oneroster("Generic", GENERIC),
        _oneroster("Aeries", _AERIES),
        _oneroster("ClassLink", _CLASSLINK),
        _oneroster("ClassLinkProxy", _CLASSLINK_PROXY),
        _oneroster("eSchoolData", _ESCHOOLDATA),
        _oneroster("InfiniteCampus", _INFINITE_CAMPUS),
        _oneroster("PowerSchool", _POWERSCHOOL),
        _oneroster("Skyward", _SKYWARD),
        _oneroster("SkywardQmlativ", _SKYWARD_QMLATIV, "1.2"),
        _oneroster("Synergy", _SYNERGY),
        Vendor("OneRosterCSV", _serve_csv, AccessSettings(), "/token", _pasted(FILES_PATH)),
        Vendor("PowerSchoolNative", _serve_powerschool, POWERSCHOOL_ACCESS, TOKEN_PATH, _pasted("")),
    )
}
