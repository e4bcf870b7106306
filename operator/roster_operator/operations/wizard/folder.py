"""The files of a folder for Git: the district's manifest with names beside what they are chosen by, and its Secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from roster_operator.operations.wizard.draft import Draft, document, integration_of
from roster_operator.operations.wizard.manifests import SECRET_FILES, SecretForm, Store, external_secret, secret
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.saved import Entered
from roster_operator.yaml_text import as_yaml

MANIFEST: Final = "rosterintegration.yaml"
IGNORED: Final = ".gitignore"


def files_of(
    draft: Draft, offer: Offer | None, form: SecretForm, *, entered: Entered | None = None, store: Store | None = None
) -> dict[str, str]:
    """By name. `entered`: the credentials that are in no Secret yet; their values are in a file for `PLAIN` only."""
    integration, files = integration_of(draft), {MANIFEST: manifest(draft, offer)}
    if entered is None or integration.spec.source.secret_ref is None:
        return files
    if form is SecretForm.EXTERNAL and store is not None:
        files[SECRET_FILES[form]] = as_yaml(external_secret(integration, tuple(entered.data), store))
    elif form is SecretForm.PLAIN:
        files[SECRET_FILES[form]] = as_yaml(secret(integration, entered.data))
        files[IGNORED] = f"{SECRET_FILES[form]}\n"
    return files


def manifest(draft: Draft, offer: Offer | None) -> str:
    """With the names of schools and courses beside what they are selected by."""
    text = as_yaml(document(draft))
    if offer is None:
        return text
    schools = {school.id: school.name for school in offer.schools}
    courses = {(course.by, course.value): course.title for course in offer.courses}
    named: dict[str, list[str]] = {"schools": [], "courses": []}
    for entry in draft.spec.get("schools", ()):
        named["schools"].append(schools.get(entry.get("id", ""), ""))
    for entry in document(draft)["spec"].get("courses", ()):
        named["courses"].append(
            next((courses.get(item, "") for item in entry.items() if item[0] in {"code", "id"}), "")
        )
    return "".join(_with_names(text.splitlines(keepends=True), named))


def _with_names(lines: Sequence[str], named: Mapping[str, list[str]]) -> list[str]:
    found: list[str] = []
    left: list[str] = []
    for line in lines:
        if line.startswith("  ") and line[2:3].isalpha():
            left = list(named.get(line.strip().rstrip(":"), ()))
        if line.startswith("  - ") and left:
            name = left.pop(0)
            found.append(f"{line.rstrip()}  # {name}\n" if name else line)
        else:
            found.append(line)
    return found
