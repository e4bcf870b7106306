"""The systems that the simulator can stand in for, by the names of spec.source.vendor."""

from __future__ import annotations

from dataclasses import dataclass

from district_simulator.exchange import SERVICE_PATH
from district_simulator.oneroster import OneRosterService
from district_simulator.powerschool.service import POWERSCHOOL_ACCESS, TOKEN_PATH, PowerSchoolService
from district_simulator.roster import DistrictSettings
from district_simulator.service import AccessSettings, Service


@dataclass(frozen=True, slots=True)
class Vendor:
    """One system: the service that stands in for it, who may read it, and where things are below its prefix."""

    name: str
    service: type[Service]
    access: AccessSettings
    service_path: str
    token_path: str
    prefix: str = ""
    shows_token_url: bool = False

    def serve(self, district: DistrictSettings, access: AccessSettings, prefix: str) -> Service:
        """A district behind this system."""
        return self.service(district, access, prefix)


VENDORS = {
    vendor.name: vendor
    for vendor in (
        Vendor("Generic", OneRosterService, AccessSettings(), SERVICE_PATH, "/token"),
        Vendor("PowerSchoolNative", PowerSchoolService, POWERSCHOOL_ACCESS, "/ws/v1", TOKEN_PATH),
    )
}
