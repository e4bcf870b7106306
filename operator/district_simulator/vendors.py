"""The systems that the simulator can stand in for, by the names of spec.source.vendor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from district_simulator.csv_set.service import FILES_PATH, CsvService
from district_simulator.exchange import SERVICE_PATH
from district_simulator.oneroster import OneRosterService
from district_simulator.powerschool.service import POWERSCHOOL_ACCESS, TOKEN_PATH, PowerSchoolService
from district_simulator.roster import DistrictSettings
from district_simulator.service import AccessSettings, Service

Version = Literal["1.1", "1.2"]
_Serve = Callable[[DistrictSettings, AccessSettings, str, Version], Service]


@dataclass(frozen=True, slots=True)
class Vendor:
    """One system: the service that stands in for it, who may read it, and where things are below its prefix.

    `pasted_path` is what a district pastes after the prefix.
    """

    name: str
    serve: _Serve
    access: AccessSettings
    service_path: str
    token_path: str
    prefix: str = ""
    pasted_path: str = ""
    shows_token_url: bool = False
    version: Version = "1.1"


VENDORS = {
    vendor.name: vendor
    for vendor in (
        Vendor(
            "Generic",
            lambda district, access, prefix, _: OneRosterService(district, access, prefix),
            AccessSettings(),
            SERVICE_PATH,
            "/token",
        ),
        Vendor("OneRosterCSV", CsvService, AccessSettings(), FILES_PATH, "/token", pasted_path=FILES_PATH),
        Vendor(
            "PowerSchoolNative",
            lambda district, access, prefix, _: PowerSchoolService(district, access, prefix),
            POWERSCHOOL_ACCESS,
            "/ws/v1",
            TOKEN_PATH,
        ),
    )
}
