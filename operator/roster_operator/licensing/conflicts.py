"""Why a person of the roster is given no account: a wrong guess would give one child's licenses to another."""

from __future__ import annotations

from enum import StrEnum


class Conflict(StrEnum):
    """Why nobody can say which account a person is, or should have; the first that is so."""

    NOT_STORABLE = "NotStorable"
    SHARED_LOGIN = "SharedLogin"
    SEVERAL_ACCOUNTS = "SeveralAccounts"
    DIFFERENT_ACCOUNTS = "DifferentAccounts"
    OTHER_NUMBER = "OtherNumber"
    SEVERAL_PERSONS = "SeveralPersons"
    LOGIN_MOVES = "LoginMoves"
    LOGIN_OF_FORMER = "LoginOfFormer"
    LOGIN_OF_ACCOUNT = "LoginOfAccount"


EXPLANATIONS: dict[Conflict, tuple[str, str]] = {
    Conflict.NOT_STORABLE: (
        "person[s] [has|have] an id or a login that no database can hold (a NUL, or more than 512 characters)",
        "District: correct these records in the SIS.",
    ),
    Conflict.SHARED_LOGIN: (
        "person[s] share[s|] a login with another record of the SIS",
        "District: give each person a login of their own, or merge their records in the SIS.",
    ),
    Conflict.SEVERAL_ACCOUNTS: (
        "person[s] [has|have] a login that several accounts have",
        "Publisher: merge these accounts, or correct their logins.",
    ),
    Conflict.DIFFERENT_ACCOUNTS: (
        "person[s] [has|have] the username of one account and the email of another",
        "Publisher: merge these accounts, or correct their logins.",
    ),
    Conflict.OTHER_NUMBER: (
        "person[s] [has|have] the login of an account with another student number",
        "District: check whether the login is somebody else's now. Publisher: if not, correct the account's number.",
    ),
    Conflict.SEVERAL_PERSONS: (
        "person[s] fit[s|] an account that another person fits too, by username or by email",
        "District: correct the usernames and emails in the SIS.",
    ),
    Conflict.LOGIN_MOVES: (
        "person[s] [has|have] a login that was somebody else's until now",
        "Nobody: the next sync settles it. If it comes again, District: give one of the two another login for a day.",
    ),
    Conflict.LOGIN_OF_FORMER: (
        "new person[s] [has|have] the login of an account whose person has left, and not the same email and number",
        "Publisher: if it is the same person, give the account the new sourcedId. District: else, another login.",
    ),
    Conflict.LOGIN_OF_ACCOUNT: (
        "person[s] [has|have] the login of another account that nobody of the roster is linked to",
        "Publisher: merge these accounts, or correct their logins.",
    ),
}
"""For each: what was counted, and who should do what."""
