"""What a Secret must hold, and what is said of one that cannot be right."""

from __future__ import annotations

import pytest

from roster_operator.api.v1alpha1 import RosterSourceSpec
from roster_operator.errors import CredentialsMissing
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.from_secret import credentials_from

SOURCE = RosterSourceSpec.model_validate({"baseURL": "https://sis.example.org", "secretRef": {"name": "sis"}})
SOUND = {"clientID": b"key", "clientSecret": b"geheim"}


def given(**data: bytes) -> Credentials | CredentialsMissing:
    return credentials_from({**SOUND, **data}, "Secret districts/sis", SOURCE)


@pytest.mark.parametrize("around", [b"%s", b"%s\n", b" \t%s\r\n"])
def test_blanks_around_a_value_are_no_part_of_it(around: bytes) -> None:
    found = given(clientSecret=around % b"geheim")
    assert isinstance(found, Credentials)
    assert found.client_secret == "geheim"


@pytest.mark.parametrize("key", ["clientID", "clientSecret", "token"])
@pytest.mark.parametrize(
    "value", [b"geh\neim", b"geh\r\n eim", b"geh\0eim", b"geh\teim", b"geheim\x7f", b"geh\xc2\x85eim"]
)
def test_folded_values_and_control_characters_are_refused_with_words(key: str, value: bytes) -> None:
    refused = given(**{key: value})
    assert isinstance(refused, CredentialsMissing)
    assert f"Secret districts/sis: the key {key} has a line end or another control character" in refused.message
    assert "Platform:" in refused.message
    assert "geh" not in refused.message


def test_a_token_with_letters_that_no_header_can_hold_is_refused() -> None:
    refused = given(token="geh\u00e4im".encode())
    assert isinstance(refused, CredentialsMissing)
    assert "the key token has letters in it that no token has" in refused.message


def test_a_password_may_hold_any_letter() -> None:
    found = given(clientSecret="geh\u00e4im \U0001f511".encode())
    assert isinstance(found, Credentials)
