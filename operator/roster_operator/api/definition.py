"""What a CustomResourceDefinition says of a kind beside its schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `kubectl get`. Priority 1 shows only with `-o wide`.

    A `date` prints as an age, so a time that lies ahead must be a `string`.
    """

    name: str
    type: Literal["string", "integer", "boolean", "date"]
    json_path: str
    description: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    """Names, scope and columns of a kind; its model's docstring and fields give the schema."""

    kind: str
    plural: str
    scope: Literal["Namespaced", "Cluster"]
    columns: tuple[Column, ...]
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    selectable_fields: tuple[str, ...] = ()
    """Spec fields that `kubectl get --field-selector` knows."""

    @property
    def singular(self) -> str:
        """The name of one."""
        return self.kind.lower()
