"""The table of a vendor's facts, as its page in docs/connect shows it.

`python -m tests.docs.vendor_facts` writes it into the pages anew.
"""

from __future__ import annotations

import re
from typing import Any

from tests.docs.pages import ROOT

from roster_operator import vendors
from roster_operator.sources.vendor_profile import Fact, Profile, profile_of

FOLDER = ROOT / "docs" / "connect"
HEADING = "## What the profile says"
FIELD_OF = {
    "version": "version",
    "paths": "baseURL",
    "auth": "auth",
    "token_urls": "tokenURL",
    "scope": "scope",
    "token_credentials": "tokenRequest.credentials",
    "token_parameters": "tokenRequest.parameters",
    "content_type": "contentType",
    "page_size": "pageSize",
    "concurrency": "concurrency",
    "request_timeout": "requestTimeout",
    "missing_routes": "missingRoutes",
    "filters": "filters",
    "end_dates": "endDates",
}
"""By what field of `spec.source` a fact is overridden."""
SURE = {"H": "sure", "M": "one source", "L": "**unconfirmed**"}


def page_of(vendor: str) -> str:
    """The name of its page: the one whose manifest names the vendor."""
    named = f"\n    vendor: {vendor}\n"
    found = [path.name for path in FOLDER.glob("*.md") if named in path.read_text("utf-8")]
    assert len(found) == 1, f"{vendor} has {len(found)} pages in docs/connect: {found}"
    return found[0]


def listed() -> str:
    """The rows of docs/connect/README.md."""
    return "\n".join(
        f"| [{_title(page_of(vendor))}]({page_of(vendor)}) | `{vendor}` |"
        for vendor in vendors.names()
        if vendor != vendors.GENERIC
    )


def _title(page: str) -> str:
    return (FOLDER / page).read_text("utf-8").partition("\n")[0].removeprefix("# ")


def table(profile: Profile) -> str:
    """A row for each fact."""
    rows = ["| `spec.source` | if it is not set | how sure | from |", "|---|---|---|---|"]
    for name, field in FIELD_OF.items():
        fact: Fact[Any] | None = getattr(profile, name)
        if fact is None:
            rows.append(f"| `{field}` | what the server turns out to do | | |")
        else:
            rows.append(f"| `{field}` | {_shown(name, fact.value)} | {SURE[fact.confidence]} | {fact.source} |")
    return "\n".join(rows)


def _shown(name: str, value: Any) -> str:
    if name == "paths":
        return "; ".join(f"{version}: {_shown('', paths)}" for version, paths in value.items())
    if name == "request_timeout":
        return f"`{value}s`"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value) or "none"
    return f"`{value}`" if value != "" else "none"


def written(page: str, profile: Profile) -> str:
    """The page with the table as it should be."""
    return re.sub(
        rf"(?s)({re.escape(HEADING)}\n.*?\n\n)\|.*?\n(?=\n|\Z)", lambda found: f"{found[1]}{table(profile)}\n", page
    )


def relisted(text: str) -> str:
    """docs/connect/README.md with its rows as they should be."""
    return re.sub(r"(?m)(^\| Product .*\n\|---.*\n)(\|.*\| `\w+` \|\n)*", lambda found: f"{found[1]}{listed()}\n", text)


if __name__ == "__main__":
    for vendor in vendors.names():
        path = FOLDER / page_of(vendor)
        path.write_text(written(path.read_text("utf-8"), profile_of(vendor)), "utf-8")
    index = FOLDER / "README.md"
    index.write_text(relisted(index.read_text("utf-8")), "utf-8")
