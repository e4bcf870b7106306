"""The URLs of the pages. None of them names a person."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

SIGN_IN: Final = "/sign-in"
SIGN_IN_BY_PROVIDER: Final = "/sign-in/provider"
CALLBACK: Final = "/sign-in/callback"
SIGN_OUT: Final = "/sign-out"
SIGNED_OUT: Final = "/signed-out"
DISTRICTS: Final = "/districts"
OPEN: Final = "/open"
WIZARD: Final = "/wizard"
CASE: Final = "/case"
LANGUAGE: Final = "/language"
STYLES: Final = "/static/console.css"
_DISTRICT: Final = "/namespaces/{}/districts/{}"


def district(namespace: str, name: str) -> str:
    """Of one district."""
    return _DISTRICT.format(namespace, name)


def person(namespace: str, name: str) -> str:
    """Where it is asked about a person of the district."""
    return f"{district(namespace, name)}/person"


def case_of(namespace: str, name: str) -> str:
    """Where a code is made that stands for a person of the district."""
    return f"{district(namespace, name)}/case"


def details(namespace: str, name: str) -> str:
    """Where it is asked whom an item of the checklist is about."""
    return f"{district(namespace, name)}/details"


def changes(namespace: str, name: str, **asked: object) -> str:
    """Of the licenses that came and went."""
    return with_query(f"{district(namespace, name)}/changes", **asked)


def calendar(namespace: str, name: str, **asked: object) -> str:
    """Of the licenses of the coming days."""
    return with_query(f"{district(namespace, name)}/calendar", **asked)


def approval(namespace: str, name: str) -> str:
    """Where a plan that waits is approved."""
    return f"{district(namespace, name)}/approval"


def promotion(namespace: str, name: str) -> str:
    """Where all schools go live after those of the canary."""
    return f"{district(namespace, name)}/promotion"


def undo(namespace: str, name: str, **asked: object) -> str:
    """Where a sync is turned back."""
    return with_query(f"{district(namespace, name)}/undo", **asked)


def lift(namespace: str, name: str) -> str:
    """Where what an undo holds is let go."""
    return f"{district(namespace, name)}/lift"


def cleanup(namespace: str, name: str, **rules: object) -> str:
    """Where accounts are cleaned up."""
    return with_query(f"{district(namespace, name)}/cleanup", **rules)


def cleanup_accounts(namespace: str, name: str) -> str:
    """Where those that a clean-up is about are listed."""
    return f"{district(namespace, name)}/cleanup/accounts"


def by_hand(namespace: str, name: str) -> str:
    """Where licenses are granted and blocked by hand."""
    return f"{district(namespace, name)}/by-hand"


def history(namespace: str, name: str, **asked: object) -> str:
    """Of the syncs."""
    return with_query(f"{district(namespace, name)}/history", **asked)


def upcoming(namespace: str, name: str, **asked: object) -> str:
    """Of what will end or begin by itself."""
    return with_query(f"{district(namespace, name)}/upcoming", **asked)


def wizard(namespace: str, name: str, part: str = "") -> str:
    """Where a district is set up; `part`: one page of it."""
    return f"{district(namespace, name)}/wizard{f'/{part}' if part else ''}"


def access(namespace: str, name: str) -> str:
    """Of who looked at whom."""
    return f"{district(namespace, name)}/access"


def with_query(address: str, **asked: object) -> str:
    """With what is asked, but for what is empty."""
    given = urlencode({key: value for key, value in asked.items() if value}, doseq=True)
    return f"{address}?{given}" if given else address
