"""Every value of the chart has an effect, a schema and a comment, and a wrong one is refused in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hack.controlplane.cluster import CommandFailed
from tests.chart.every_value import CHANGES, leaves, merged, nested
from tests.docs.chart_values import PAGES, written
from tests.docs.pages import text_of
from tests.support.chart import CHART

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]
RenderMany = Callable[[Sequence[Manifest]], list[str]]


def schema() -> Manifest:
    content: Manifest = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    return content


def test_the_table_above_has_every_value(default_values: Manifest) -> None:
    assert sorted(leaves(default_values)) == sorted(CHANGES)


def test_the_same_values_render_the_same(render_many: RenderMany) -> None:
    one, other = render_many([{"workers": 9}, {"workers": 9}])
    assert one == other


def test_every_value_changes_what_is_rendered(render_many: RenderMany) -> None:
    before: list[Manifest] = []
    after: list[Manifest] = []
    for path, (value, beside) in CHANGES.items():
        only_together = value is False or path == "ledger.existingSecret.name"
        definitions = {} if path.startswith("crds") else {"crds": {"enabled": False}}
        before.append(definitions if only_together else merged(beside, definitions))
        after.append(merged(merged(beside, definitions), nested(path, value)))

    texts = render_many([*before, *after])
    changes = zip(CHANGES, texts[: len(before)], texts[len(before) :], strict=True)
    assert [path for path, one, other in changes if one == other] == []


def test_every_value_has_a_schema_of_its_own(default_values: Manifest) -> None:
    def properties(part: Manifest, prefix: str = "") -> Iterator[str]:
        for name, entry in part["properties"].items():
            child = schema()["definitions"][entry["$ref"].split("/")[-1]] if "$ref" in entry else entry
            yield from properties(child, f"{prefix}{name}.") if "properties" in child else [prefix + name]

    known = set(properties(schema()))
    unset = {"global"}
    unset |= {f"{part}resources.limits.{name}" for part in ("", "console.") for name in ("cpu", "ephemeral-storage")}
    unset |= {f"{part}resources.requests.ephemeral-storage" for part in ("", "console.")}
    assert known - unset == set(leaves(default_values))


def test_no_object_of_the_schema_is_open_by_accident() -> None:
    def objects(part: object, path: str) -> Iterator[tuple[str, Manifest]]:
        if isinstance(part, dict):
            if part.get("type") == "object":
                yield path, part
            for name, child in part.items():
                yield from objects(child, f"{path}/{name}")

    open_objects = {path for path, part in objects(schema(), "") if "additionalProperties" not in part}
    # These hold what Kubernetes defines, or other charts.
    assert open_objects == {
        "/definitions/objects/items",
        "/properties/affinity",
        "/properties/dnsConfig",
        "/properties/extraEnv/items/properties/valueFrom",
        "/properties/global",
    }


def test_the_defaults_fit_the_schema(default_values: Manifest) -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    jsonschema.validate(default_values, schema(), jsonschema.Draft7Validator)


def test_the_chart_may_be_a_part_of_another(render: Render) -> None:
    assert render({"global": {"imageRegistry": "registry.example.org"}})


REFUSED: list[tuple[Manifest, str]] = [
    ({"podLabels": {"app.kubernetes.io/name": "x"}}, "/podLabels/app.kubernetes.io~1name"),
    ({"commonLabels": {"app.kubernetes.io/instance": "x"}}, "/commonLabels/app.kubernetes.io~1instance"),
    ({"worker": 3}, "additional properties 'worker' not allowed"),
    ({"ledger": {"sqlight": {"enabled": True}}}, "/ledger.*additional properties 'sqlight' not allowed"),
    ({"workers": "many"}, "/workers.*got string, want integer"),
    ({"workers": 0}, "/workers.*minimum"),
    ({"logLevel": "debug"}, "/logLevel.*'DEBUG', 'INFO', 'WARNING', 'ERROR'"),
    ({"watch": {"namespaces": "north"}}, "/watch/namespaces.*got string, want array"),
    ({"watch": {"namespaces": ["North"]}}, "/watch/namespaces/0.*does not match pattern"),
    ({"watch": {"namespaces": ["north", "north"]}}, "/watch/namespaces.*items at 0 and 1 are equal"),
    ({"image": {"digest": "latest"}}, "/image/digest.*does not match pattern"),
    ({"image": {"tag": "a:b"}}, "/image/tag.*does not match pattern"),
    ({"securityContext": {"runAsUser": 0}}, "/securityContext/runAsUser.*minimum"),
    ({"ledger": {"sqlite": {"size": "big"}}}, "/ledger/sqlite/size.*does not match pattern"),
    ({"networkPolicy": {"sourcePorts": [70000]}}, "/networkPolicy/sourcePorts/0.*maximum"),
    ({"extraEnv": [{"name": "ROSTER_OPERATOR_WORKERS", "value": "x"}]}, "/extraEnv/0/name"),
    ({"resources": {"limits": {"memory": "lots"}}}, "/resources/limits/memory.*does not match pattern"),
]


def test_a_wrong_value_is_refused_by_its_name(render_many: RenderMany) -> None:
    with pytest.raises(CommandFailed) as raised:
        render_many([values for values, _ in REFUSED])

    told = re.split(r"^part-\d+:$", raised.value.stderr, flags=re.MULTILINE)[1:]
    assert len(told) == len(REFUSED), raised.value.stderr
    for message, (_, expected) in zip(told, REFUSED, strict=True):
        assert re.search(f"(?s){expected}", message), message


def test_every_value_that_the_documentation_names_exists(default_values: Manifest, repository: Path) -> None:
    docs = repository / "docs"
    looked_up = [docs / "reference" / page for page in ("operator-permissions.md", "pod.md")]
    pages = [*(docs / "how-to").glob("*.md"), *looked_up]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    named = {word for word in re.findall(r"`([a-z]\w*(?:\.\w+)+)`", text) if word.split(".")[0] in default_values}
    named |= set(re.findall(r"--set ([a-zA-Z.]+)=", text))

    assert len(named) > 10
    paths = set(leaves(default_values))
    assert {name for name in named if not any(f"{path}.".startswith(f"{name}.") for path in paths)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_about_the_values_are_made_of_them(page: str) -> None:
    assert text_of(page) == written(page), "python -m tests.docs.chart_values writes it again"
