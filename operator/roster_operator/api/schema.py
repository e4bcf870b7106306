"""From a pydantic model to the structural schema that a CustomResourceDefinition wants.

Pydantic writes JSON Schema 2020-12; Kubernetes takes a subset of OpenAPI 3.0: no references, no unions, no null. What
cannot be said in it is an error here, never silently left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from roster_operator.api import durations
from roster_operator.api.descriptions import descriptions
from roster_operator.api.wire import WireModel

KEPT: Final = (
    "description", "type", "format", "enum", "default", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "minItems", "maxItems", "required", "properties", "items",
)  # fmt: skip
"""Keywords that both know, in the order in which they are written."""
DROPPED: Final = frozenset({"title", "examples"})
FORMATS: Final = frozenset({"date", "date-time", "int32", "int64"})


class NotStructural(ValueError):
    """A model says what a structural schema cannot."""


def structural(model: type[WireModel], *, defaults: bool = True) -> dict[str, Any]:
    """The schema of a model, inlined. Without `defaults` for a status, which the operator alone writes."""
    document = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Generator)
    return _Inliner(document.get("$defs", {}), defaults).node(document, model.__name__)


class _Generator(GenerateJsonSchema):
    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """With what the docstrings under the fields say."""
        document = super().model_schema(schema)
        model: type[WireModel] = schema["cls"]
        for name, text in descriptions(model).items():
            document["properties"][model.model_fields[name].alias]["description"] = text
        return document

    def encode_default(self, dft: Any) -> Any:
        """Durations as they are written, where pydantic would write ISO 8601; of a block what it has, for null is no
        value.
        """
        if isinstance(dft, WireModel):
            return dft.to_wire()
        return durations.write(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


class _Inliner:
    def __init__(self, definitions: Mapping[str, Any], defaults: bool) -> None:
        self._definitions = definitions
        self._defaults = defaults
        self._open: list[str] = []

    def node(self, raw: Mapping[str, Any], path: str) -> dict[str, Any]:
        raw = self._without_null(raw, path)
        if "$ref" in raw:
            return self._referenced(raw, path)
        result: dict[str, Any] = {}
        for key, value in raw.items():
            if key == "properties":
                result[key] = {name: self.node(child, f"{path}.{name}") for name, child in value.items()}
            elif key == "items":
                result[key] = self.node(value, f"{path}[]")
            elif key == "description":
                result[key] = " ".join(value.split())
            elif key == "default":
                if self._defaults and value is not None and value != []:
                    result[key] = value
            elif key in KEPT or key.startswith("x-kubernetes-"):
                result[key] = value
            elif key not in DROPPED and key != "$defs":
                raise NotStructural(f"{path}: a structural schema has no {key}")
        self._verify(result, path)
        return dict(sorted(result.items(), key=lambda item: KEPT.index(item[0]) if item[0] in KEPT else len(KEPT)))

    def _referenced(self, raw: Mapping[str, Any], path: str) -> dict[str, Any]:
        name = str(raw["$ref"]).removeprefix("#/$defs/")
        if name in self._open:
            raise NotStructural(f"{path}: {name} holds itself")
        self._open.append(name)
        siblings = {key: value for key, value in raw.items() if key != "$ref"}
        inlined = self.node({**self._definitions[name], **siblings}, path)
        self._open.pop()
        return inlined

    @staticmethod
    def _without_null(raw: Mapping[str, Any], path: str) -> Mapping[str, Any]:
        """An optional field is absent or a value; null is no value of it."""
        if "anyOf" not in raw:
            return raw
        options = [option for option in raw["anyOf"] if option != {"type": "null"}]
        if len(options) != 1:
            raise NotStructural(f"{path}: a union cannot be said; use a type field, optional blocks and a rule")
        return {**options[0], **{key: value for key, value in raw.items() if key != "anyOf"}}

    @staticmethod
    def _verify(node: Mapping[str, Any], path: str) -> None:
        if "type" not in node:
            raise NotStructural(f"{path}: has no type")
        if node["type"] == "string" and not ({"maxLength", "enum"} & node.keys() or node.get("format") == "date-time"):
            raise NotStructural(f"{path}: a string needs a maxLength")
        if node["type"] == "array" and not {"maxItems", "items"} <= node.keys():
            raise NotStructural(f"{path}: a list needs items and maxItems")
        if node["type"] in ("integer", "number") and "minimum" not in node:
            raise NotStructural(f"{path}: a number needs a minimum")
        if node.get("format", "date-time") not in FORMATS:
            raise NotStructural(f"{path}: the API server does not know the format {node['format']}")
