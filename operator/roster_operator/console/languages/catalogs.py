"""The catalogs of messages: files of gettext beside this module, one for each language but English.

They are read as people write them (`.po`), once: nothing has to be compiled before the console runs from a checkout.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@cache
def catalog(language: str) -> NullTranslations:
    """Of a language; of English an empty one, as that is what messages are written in."""
    source = files(__package__).joinpath(f"{language}.po")
    if not source.is_file():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
