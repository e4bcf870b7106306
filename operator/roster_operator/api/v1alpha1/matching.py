"""`RosterIntegration.spec.matching`: which account is whose."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from roster_operator.api.rules import Shaped, rule, ruled
from roster_operator.api.wire import WireModel


class SameLogin(StrEnum):
    """What several active records of one login are."""

    ONE_PERSON = "OnePerson"
    REFUSE = "Refuse"


class MatchKey(StrEnum):
    """By what a person of the roster is recognized as an existing account."""

    SOURCED_ID = "SourcedId"
    USERNAME = "Username"
    EMAIL = "Email"
    IDENTIFIER = "Identifier"
    """The student or staff number, without zeros in front."""
    LOCAL_PART = "LocalPart"
    """The login, without its @ and what follows."""


class Unconfirmed(StrEnum):
    """What becomes of people of another source who have an id that was known, and neither its login nor its number."""

    NEW_ACCOUNT = "NewAccount"
    """They are new, and the account is that of somebody who is no longer listed."""
    SAME_ACCOUNT = "SameAccount"
    """They are who had the id."""


class People(StrEnum):
    """Of whom a form of logins is declared."""

    EVERYBODY = "Everybody"
    STUDENTS = "Students"
    STAFF = "Staff"


_NO_FORM = "must have at least one of domain, digits and lowerCase"


class LoginFormat(WireModel):
    """The form that logins are to have: the username, or the email of who has no username."""

    model_config = ConfigDict(
        json_schema_extra=ruled(
            rule("has(self.domain) || has(self.digits) || (has(self.lowerCase) && self.lowerCase)", _NO_FORM)
        )
    )

    domain: (
        Annotated[
            str,
            Field(min_length=1, max_length=253),
            Shaped(
                r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
                "must be a domain in lower case, without an @, such as students.springfield.example.org",
            ),
        ]
        | None
    ) = None
    """They are emails at this domain."""
    digits: Annotated[int, Field(ge=1, le=20)] | None = None
    """They are so many digits, zeros in front included; of emails, what stands before the @."""
    lower_case: bool = False
    """They have no letter in upper case."""
    people: People = People.EVERYBODY
    """Of whom that is asked: Everybody, Students or Staff."""

    @model_validator(mode="after")
    def _some_form(self) -> Self:
        if not (self.domain or self.digits or self.lower_case):
            raise ValueError(_NO_FORM)
        return self


_SOURCED_ID_FIRST = "must begin with SourcedId: what was linked once stays linked, whatever happens to names and emails"
_NO_KEY_TWICE = "must not hold a value twice"


class Matching(WireModel):
    """How persons of the roster find their existing accounts."""

    by: Annotated[
        tuple[MatchKey, ...],
        Field(
            min_length=1,
            max_length=5,
            json_schema_extra=ruled(
                rule("size(self) == 0 || self[0] == 'SourcedId'", _SOURCED_ID_FIRST),
                rule("self.all(a, self.exists_one(b, a == b))", _NO_KEY_TWICE),
                **{"x-kubernetes-list-type": "atomic"},
            ),
        ),
    ] = (MatchKey.SOURCED_ID, MatchKey.USERNAME, MatchKey.EMAIL)
    """What is compared, in this order; the first that finds exactly one account decides. Identifier is the student or
    staff number, without zeros in front; LocalPart the username (or the email of who has none) up to an @, so that ann
    is found as ann@district.example. Where two find different accounts, or one several, nothing is merged: the person
    is left as is and counted as a conflict."""
    same_login: SameLogin = SameLogin.ONE_PERSON
    """What several active records with the same username and student or staff number are: OnePerson serves one person
    with all that the records bring, as some systems have a record for each school; Refuse leaves them as they are, as
    conflicts."""
    unconfirmed: Unconfirmed = Unconfirmed.NEW_ACCOUNT
    """Where the source is another one, or many people changed login and number under their ids: what becomes of who has
    an id that was known, and neither its login nor its number. NewAccount: they are new, and the account is that of
    somebody who is no longer listed. SameAccount: they are who had the id, as where a district changed all logins. The
    plan waits for an approval either way."""

    login_format: LoginFormat | None = None
    """The form that logins are to have. Others of the roster are told by the checklist (LoginOfAnotherForm) and served
    all the same; a grant by hand refuses them, and an import tells them."""

    @model_validator(mode="after")
    def _sourced_id_first(self) -> Self:
        if self.by[0] is not MatchKey.SOURCED_ID:
            raise ValueError(f"by: {_SOURCED_ID_FIRST}")
        if len(set(self.by)) != len(self.by):
            raise ValueError(f"by: {_NO_KEY_TWICE}")
        return self
