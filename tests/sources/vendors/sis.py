"""What a district of each vendor pastes, and what the publisher makes of it.

All that differs from vendor to vendor is told by its profile, so that a new one is tried without a change here.
"""

from __future__ import annotations

from typing import Any

from district_simulator import vendors as simulated
from district_simulator.library import SimulatedDistrict
from roster_operator import vendors
from roster_operator.api.v1alpha1.choices import AuthMethod
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.vendor_profile import profile_of


def signed(vendor: str) -> bool:
    """Whether every request is signed (OAuth 1.0a)."""
    return profile_of(vendor).auth.value in {AuthMethod.OAUTH1, AuthMethod.OAUTH1_SHA1}


def by_access_token(vendor: str) -> bool:
    """Whether an access token is all that there is."""
    return profile_of(vendor).auth.value is AuthMethod.BEARER


def tokens_elsewhere(vendor: str) -> bool:
    """Whether tokens are given out by a host of their own, which the simulator cannot be."""
    return any(url.startswith("https://") for url in profile_of(vendor).token_urls.value)


def simulated_by(vendor: str) -> str:
    """Who simulates a vendor: Generic, if the simulator knows no habits of it."""
    return vendor if vendor in simulated.VENDORS else vendors.GENERIC


def credentials_of(district: SimulatedDistrict, *, secret: str = "") -> Credentials:
    """The Secret; `secret` is a wrong one in place of the district's."""
    given = secret or district.client_secret
    if district.access.auth == "bearer":
        return Credentials("", "", token=given)
    return Credentials(district.client_id, given)


def source_of(district: SimulatedDistrict, vendor: str = "", **more: Any) -> dict[str, Any]:
    """`spec.source`: the three values and the vendor's name, and nothing else unless it is another host."""
    vendor = vendor or district.vendor.name
    token_url = {"tokenURL": district.token_url} if tokens_elsewhere(vendor) else {}
    return {
        "vendor": vendor,
        "baseURL": district.base_url,
        "secretRef": {"name": "sis"},
        **token_url,
        **more,
    }
