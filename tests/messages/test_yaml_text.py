"""What is printed as YAML is read back as the same texts, by kubectl and the API server too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.yaml_text import as_yaml

TEXTS = [
    "060891900003", "0994", "994", "08", "0o17", "0x1F", "0b1", "1e3", "12e03", "1_000", "1:30", ".5", "1.", "+12", "-",
    "y", "N", "yes", "off", "true", "null", "~", ".inf", ".nan", "2026-11-30", "2026-11-30T18:14:28Z", "24h", "10 % of",
    "e5", "a: b", "- a", "# a", "", " ", "'", '"', "two\nlines",
]  # fmt: skip


def test_kubectl_reads_every_text_as_a_text(kubectl: Callable[..., str]) -> None:
    data = {f"text-{number}": text for number, text in enumerate(TEXTS)}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "texts"}, "data": data}

    read = json.loads(kubectl("create", "--dry-run=server", "-o", "json", "-f-", input=as_yaml(manifest)))

    assert read["data"] == data


@given(st.text(alphabet="0123456789.+-_:eExXoObBfFnNyY ", max_size=8))
def test_every_text_like_a_number_is_read_as_a_text(text: str) -> None:
    assert yaml.safe_load(as_yaml([text])) == [text]


@pytest.mark.parametrize("value", [1, 1.5, True, None])
def test_other_values_are_no_texts(value: Any) -> None:
    assert yaml.safe_load(as_yaml([value])) == [value]


def test_a_plain_word_stands_without_quotes() -> None:
    assert as_yaml({"interval": "24h", "name": "springfield", "message": "10 % of 500"}) == (
        "interval: 24h\nname: springfield\nmessage: 10 % of 500\n"
    )
