"""The steps by which accounts that no person was linked to yet are found, as SQL.

The first step that finds any account decides; one that finds another account refuses the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from sqlalchemy import TextClause, text

from roster_operator.api.v1alpha1 import MatchKey
from roster_operator.licensing.conflicts import Conflict

Step = Callable[[str], str]
"""The expression that is compared, of a table by its name: `staged` and `accounts` have the same columns. It is empty
where there is nothing to compare."""


def steps(order: Sequence[MatchKey], *, postgres: bool) -> tuple[Step, ...]:
    """Those of the spec, in its order, but for the sourcedId."""
    found: dict[MatchKey, Step] = {
        MatchKey.USERNAME: lambda table: f"{table}.username_key",
        MatchKey.EMAIL: lambda table: f"{table}.email_key",
        MatchKey.IDENTIFIER: lambda table: f"LTRIM(LOWER({table}.identifier), '0')",
        MatchKey.LOCAL_PART: _local_on_postgres if postgres else _local,
    }
    return tuple(found[key] for key in order if key is not MatchKey.SOURCED_ID)


def _login(table: str) -> str:
    return f"CASE WHEN {table}.username_key <> '' THEN {table}.username_key ELSE {table}.email_key END"


def _local(table: str) -> str:
    login = _login(table)
    return f"SUBSTR({login}, 1, INSTR({login} || '@', '@') - 1)"


def _local_on_postgres(table: str) -> str:
    return f"SPLIT_PART({_login(table)}, '@', 1)"


def _found(at: int, step: Step) -> str:
    """Of each value that somebody has, how many accounts have it, and one of them."""
    account, person = step("accounts"), step("staged")
    return f"""by_{at} AS (
        SELECT {account} AS value, COUNT(*) AS accounts, MIN(id) AS account_id
          FROM accounts
         WHERE district_id = :district AND (sourced_id IS NULL OR :rekeyed)
           AND {account} IN (SELECT {person} FROM staged WHERE {person} <> '')
         GROUP BY {account}
    ), """  # noqa: S608 - constants


@lru_cache(maxsize=64)
def match(order: tuple[MatchKey, ...], *, postgres: bool) -> TextClause:
    """Fill `matches`: each person with the account that is theirs, or the cause why nobody can say which is."""
    taken = list(enumerate(steps(order, postgres=postgres)))
    found = "".join(_found(at, step) for at, step in taken)
    told = "".join(
        f", COALESCE(by_{at}.accounts, 0) AS found_{at}, {step('staged')} AS value_{at}" for at, step in taken
    )
    joined = " ".join(f"LEFT JOIN by_{at} ON by_{at}.value = {step('staged')}" for at, step in taken)
    accounts = "".join(f"by_{at}.account_id, " for at, _ in taken)
    counts = "".join(f"by_{at}.accounts, " for at, _ in taken)
    differ = "".join(f" OR (found.found_{at} > 0 AND {step('accounts')} <> found.value_{at})" for at, step in taken)
    return text(f"""
    INSERT INTO matches (key, account_id, linked, moves, cause)
    WITH {found}found AS (
        SELECT staged.key, staged.username_key, staged.email_key, staged.identifier, own.id AS own_id,
               reissued.account_id AS reissued_id,
               CASE WHEN own.id IS NOT NULL THEN own.id
                    WHEN reissued.account_id IS NOT NULL THEN reissued.account_id
                    ELSE COALESCE({accounts}CAST(NULL AS BIGINT), NULL) END AS account_id,
               COALESCE({counts}0, 0) AS decisive{told}
          FROM staged
          LEFT JOIN accounts own ON own.district_id = :district AND own.sourced_id = staged.key
          LEFT JOIN reissued ON reissued.key = staged.key
          {joined}
         WHERE NOT staged.gone
    )
    SELECT found.key, found.account_id, found.own_id IS NOT NULL,
           accounts.id IS NULL
               OR accounts.username_key <> found.username_key OR accounts.email_key <> found.email_key,
           CASE WHEN found.own_id IS NOT NULL OR found.reissued_id IS NOT NULL OR accounts.id IS NULL THEN NULL
                WHEN found.decisive > 1 THEN '{Conflict.SEVERAL_ACCOUNTS}'
                WHEN FALSE{differ} THEN '{Conflict.DIFFERENT_ACCOUNTS}'
                WHEN accounts.sourced_id IS NOT NULL AND accounts.identifier <> '' AND found.identifier <> ''
                    AND accounts.identifier <> found.identifier THEN '{Conflict.OTHER_NUMBER}' END
      FROM found LEFT JOIN accounts ON accounts.id = found.account_id
    """)  # noqa: S608 - constants


@lru_cache(maxsize=64)
def protect(order: tuple[MatchKey, ...], *, postgres: bool) -> tuple[TextClause, ...]:
    """Fill `protected` with what refused persons may be by a step that looks at more than whole logins."""
    return tuple(
        text(f"""
        INSERT INTO protected (account_id)
        SELECT accounts.id FROM accounts
         WHERE accounts.district_id = :district AND accounts.sourced_id IS NULL
           AND {step("accounts")} IN (
            SELECT {step("staged")} FROM refused JOIN staged ON staged.key = refused.key
             WHERE {step("staged")} <> '')
           AND NOT EXISTS (SELECT 1 FROM matches WHERE matches.account_id = accounts.id)
        ON CONFLICT (account_id) DO NOTHING
        """)  # noqa: S608 - constants
        for step in steps(
            tuple(key for key in order if key in {MatchKey.IDENTIFIER, MatchKey.LOCAL_PART}), postgres=postgres
        )
    )
