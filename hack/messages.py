"""The messages of the operator and their catalogs: what the code and the templates say, and in which languages.

python -m hack.messages    adds what is new to each catalog, to be translated, and drops what is gone
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from roster_operator.reconcile.rules import COUNTED, action_message, found_message

PACKAGE: Final = Path(__file__).parents[1] / "operator" / "roster_operator"
CATALOGS: Final = PACKAGE / "console" / "languages"
_KEYWORDS: Final[dict[str, Any]] = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_HEADER: Final = """\
# Messages of the console. `make messages` adds new ones; docs/contribute/languages.md has the terms.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""
_IMPORTED: Final = b"from roster_operator.messages import"
_PLACE: Final = re.compile(r"\{(\w+)\}")


def messages() -> Catalog:
    """All that can be said, in English."""
    found = Catalog()
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_bytes()
        if _IMPORTED in source:
            _add(found, "python", BytesIO(source))
    for path in sorted(PACKAGE.glob("console/templates/*.html")):
        _add(found, "jinja2", BytesIO(path.read_bytes()))
    for question in COUNTED:
        for message in (found_message(question, 2), action_message(question)):
            found.add((message.template, message.plural) if message.plural else message.template)
    return found


def _add(found: Catalog, method: str, source: BytesIO) -> None:
    for _, text, _, context in extract(method, source, keywords=_KEYWORDS):
        found.add(text, context=context)


def places(text: str) -> set[str]:
    """The names of the values in a template."""
    return set(_PLACE.findall(text))


def templates(text: str | tuple[str, ...] | list[str]) -> Iterator[str]:
    """One, or one for each number."""
    yield from (text,) if isinstance(text, str) else text


def read(path: Path) -> Catalog:
    """A catalog."""
    return read_po(BytesIO(path.read_bytes()), locale=path.stem)


def written(catalog: Catalog) -> bytes:
    """A catalog as a file, in alphabetical order, so that those who add messages do not meet."""
    text = BytesIO()
    write_po(text, catalog, width=116, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = _HEADER.format(language=catalog.locale_identifier, plurals=catalog.plural_forms)
    return header.encode() + text.getvalue()


def main() -> None:
    """Update each catalog."""
    source = messages()
    for path in sorted(CATALOGS.glob("*.po")):
        catalog = read(path)
        catalog.update(source, no_fuzzy_matching=True, update_creation_date=False)
        path.write_bytes(written(catalog))
        missing = sum(1 for each in catalog if each.id and not all(templates(each.string or "")))
        print(f"{path.name}: {len(catalog)} messages, {missing} to be translated")


if __name__ == "__main__":
    main()
