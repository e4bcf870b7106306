"""What a district of each vendor pastes, and what the publisher makes of it."""

from __future__ import annotations

from typing import Any

from district_simulator.library import SimulatedDistrict
from roster_operator.api.v1alpha1 import Vendor
from roster_operator.sources.credentials import Credentials

ELSEWHERE = {Vendor.POWERSCHOOL}
"""Their tokens are given out by another host, which the simulator cannot be."""


def credentials_of(district: SimulatedDistrict, *, secret: str = "") -> Credentials:
    """The Secret; `secret` is a wrong one in place of the district's."""
    given = secret or district.client_secret
    if district.vendor.name == Vendor.CLASSLINK_PROXY:
        return Credentials("", "", token=given)
    return Credentials(district.client_id, given)


def source_of(district: SimulatedDistrict, **more: Any) -> dict[str, Any]:
    """`spec.source`: the three values and the vendor's name, and nothing else unless it is another host."""
    token_url = {"tokenURL": district.token_url} if district.vendor.name in ELSEWHERE else {}
    return {
        "vendor": district.vendor.name,
        "baseURL": district.base_url,
        "secretRef": {"name": "sis"},
        **token_url,
        **more,
    }
