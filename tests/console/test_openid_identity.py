"""Who somebody is by their claims: as the API server's own flags have it, and never a part of the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from roster_operator.console.openid.identity import ClaimMapping, user_of
from roster_operator.service.refusals import Refused

CLAIMS: dict[str, Any] = {
    "iss": "https://provider.example",
    "sub": "17",
    "email": "ann@district.example",
    "email_verified": True,
    "groups": ["support", "staff"],
    "hd": "district.example",
}


def name(*mapping: Any, **claims: Any) -> str:
    return user_of({**CLAIMS, **claims}, ClaimMapping(*mapping)).name


def groups(*mapping: Any, **claims: Any) -> tuple[str, ...]:
    return user_of({**CLAIMS, **claims}, ClaimMapping("sub", "x:", *mapping)).groups


def test_names_have_the_prefixes_that_the_api_server_gives_them() -> None:
    assert name() == "https://provider.example#17"
    assert name("sub", "oidc:") == "oidc:17"
    assert name("sub", "-") == "17"
    assert name("email") == "ann@district.example"
    assert name("email", "oidc:") == "oidc:ann@district.example"


def test_groups_are_a_claim_with_a_prefix_and_everybody_is_in_one_more() -> None:
    everybody = "system:authenticated"
    assert groups() == (everybody,)
    assert groups("groups", "oidc:") == ("oidc:support", "oidc:staff", everybody)
    assert groups("groups", groups="support") == ("support", everybody)
    assert groups("absent", "oidc:") == (everybody,)
    assert groups("groups", "oidc:", {}, ("oidc:staff",)) == ("oidc:staff", everybody)


@pytest.mark.parametrize(
    "value", ["system:masters", "system:authenticated", " system:masters", "a ", "", " ", "a\r\nb", "a\x00"]
)
def test_a_group_that_is_the_clusters_own_or_none_is_left_out(value: str) -> None:
    assert groups("groups", groups=[value, "support"]) == ("support", "system:authenticated")


@pytest.mark.parametrize(
    "value",
    [
        *("system:admin", " system:admin", "system:serviceaccount:a:b", " system:serviceaccount:a:b", "17 "),
        *("", " ", None, 17, ["x"], "a\r\nb", "x" * 300),
    ],
)
def test_a_name_that_nobody_may_have_lets_nobody_in(value: Any) -> None:
    with pytest.raises(Refused):
        name("sub", "-", sub=value)


def test_no_prefix_makes_somebody_a_part_of_the_cluster() -> None:
    with pytest.raises(Refused):
        name("sub", "system:", sub="admin")
    assert groups("groups", "system:", groups=["masters"]) == ("system:authenticated",)


@pytest.mark.parametrize("verified", [False, "true", "false", None, 0])
def test_an_email_that_nobody_verified_is_nobodys(verified: Any) -> None:
    with pytest.raises(Refused) as raised:
        name("email", "", email_verified=verified)
    assert "district.example" not in raised.value.message
    assert name("sub", "", email_verified=verified)


@pytest.mark.parametrize("told", [{"hd": "another.example"}, {"hd": None}, {"hd": ["district.example"]}])
def test_a_required_claim_keeps_out_whoever_lacks_it(told: dict[str, Any]) -> None:
    required = ("sub", "", "", "", {"hd": "district.example"})
    assert name(*required)
    with pytest.raises(Refused):
        name(*required, **told)


@pytest.mark.parametrize("told", [17, {"support": True}, ["support", 17], None])
def test_groups_that_are_no_list_of_names_are_refused(told: Any) -> None:
    with pytest.raises(Refused):
        groups("groups", groups=told)
