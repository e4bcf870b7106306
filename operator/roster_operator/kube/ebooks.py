"""EBooks as the API server lists them, for who asks about a few."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pydantic import ValidationError

from roster_operator.api.v1alpha1 import EBook
from roster_operator.kube.client import Object


def ebooks_among(items: Iterable[Object], names: Collection[str] | None = None) -> Mapping[str, EBook]:
    """Those of these names that this version can read; None: all."""
    found = {}
    for item in items:
        name = item["metadata"]["name"]
        if names is None or name in names:
            try:
                found[name] = EBook.model_validate(item)
            except ValidationError:
                continue
    return found
