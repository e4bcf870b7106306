"""YAML as kubectl would show it: texts of several lines stand there line by line, as they can be pasted."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

_LIKE_ANOTHER_TYPE: Final = re.compile(r"[-+]?[0-9.][-+0-9_.:a-fxo]*|[yn]", re.IGNORECASE)
"""What some reader of YAML takes for a number or for true and false: kubectl has `060891900003` as a number, and `y` as
true, where PyYAML, which writes here, has texts."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # libyaml's is several times as fast
    pass


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else "'" if _LIKE_ANOTHER_TYPE.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(document: Any) -> str:
    """One document, without the line that begins it."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
