"""Reads a folder of manifests as a GitOps repository has them: RosterIntegrations, their Secrets, EBooks.

Everything else in the files is passed over: such folders hold Namespaces and Kustomizations too.
"""

from __future__ import annotations

import base64
import binascii
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import yaml

from roster_operator.api import names
from roster_operator.api.strict import InvalidManifest, parse
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.cli.documents import TooLarge, documents_in
from roster_operator.errors import InvalidSpec

_SUFFIXES = (".yaml", ".yml", ".json")
_MOST_BYTES = 8 * 1024 * 1024
_MALFORMED_VALUES = (ValueError, AttributeError, RecursionError)
"""What PyYAML raises for them, beside its own errors."""


@dataclass(slots=True)
class Manifests:
    """What the files hold."""

    integrations: list[RosterIntegration] = field(default_factory=list)
    ebooks: dict[str, EBook] = field(default_factory=dict)
    secrets: dict[tuple[str, str], Mapping[str, bytes]] = field(default_factory=dict, repr=False)
    """By namespace and name."""
    statuses: dict[str, Any] = field(default_factory=dict)
    """Of RosterIntegrations that came from a cluster, by `namespace/name`. A sync begins without it."""
    _places: dict[tuple[str, str], tuple[str, object]] = field(default_factory=dict, repr=False)
    """Where each object stands that was taken, and what it is."""

    def is_new(self, kind: str, name: str, found: object, where: str) -> bool:
        """Whether an object was not taken before; raises `InvalidSpec` if another one of its name was."""
        place, before = self._places.setdefault((kind, name), (where, found))
        if before != found:
            raise InvalidSpec(f"{where}: {kind} {name} is another one than in {place}; remove one of the two")
        return before is found


def load(paths: Iterable[str], *, need_integrations: bool = True) -> Manifests:
    """Read files, folders (with all below them) and `-`; raises `InvalidSpec` with every problem found."""
    manifests = Manifests()
    problems: list[str] = []
    for where, document in _documents(paths, problems):
        try:
            _take(manifests, document, where)
        except (InvalidManifest, InvalidSpec) as error:
            problems.append(str(error))
    if need_integrations and not problems and not manifests.integrations:
        problems.append("no RosterIntegration in the files given; name a file, a folder, or - for standard input")
    if problems:
        raise InvalidSpec("\n".join(problems))
    return manifests


def _documents(paths: Iterable[str], problems: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in paths:
        for name, text in _texts(path, problems):
            yield from _objects(name, text, problems)


def _objects(name: str, text: str, problems: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a file, each with where it stands."""
    documents = documents_in(text)
    try:
        ahead = list(islice(documents, 2))
        for number, document in enumerate(chain(ahead, documents), 1):
            where = f"{name} (document {number})" if len(ahead) > 1 else name
            for item in _items(document):
                yield where, item
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "cannot be parsed"
        problems.append(f"{name}:{line} {problem if isinstance(error, TooLarge) else f'is not YAML: {problem}'}")
    except _MALFORMED_VALUES:
        problems.append(f"{name}: is not YAML: a date, a number or a nesting in it makes no sense")


def _texts(path: str, problems: list[str]) -> Iterator[tuple[str, str]]:
    if path == "-":
        yield from _short("standard input", sys.stdin.buffer, problems)
        return
    root = Path(path)
    files = sorted(file for file in root.rglob("*") if file.suffix in _SUFFIXES) if root.is_dir() else [root]
    for file in files:
        try:
            with file.open("rb") as stream:
                yield from _short(str(file), stream, problems)
        except OSError as error:
            problems.append(f"{file}: cannot be read: {error.strerror}")


def _short(name: str, stream: IO[bytes], problems: list[str]) -> Iterator[tuple[str, str]]:
    """The text of a file, unless it is too long for one."""
    body = stream.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        problems.append(f"{name}: has more than {_MOST_BYTES} bytes; no manifest has: leave it out")
        return
    try:
        yield name, body.decode()
    except UnicodeDecodeError:
        problems.append(f"{name}: is not text in UTF-8")


def _items(document: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a document; kubectl's List is as good as several documents."""
    if isinstance(document, Mapping):
        if document.get("kind") == "List" and isinstance(document.get("items"), list):
            for item in document["items"]:
                yield from _items(item)
        else:
            yield document


def _take(manifests: Manifests, document: Mapping[str, Any], where: str) -> None:
    kind, group = document.get("kind"), str(document.get("apiVersion", "")).partition("/")[0]
    if kind == "Secret" and group == "v1":
        namespace, name, data = _secret(document, where)
        if manifests.is_new(kind, f"{namespace}/{name}", data, where):
            manifests.secrets[namespace, name] = data
    elif group != names.GROUP and kind not in (names.ROSTER_INTEGRATION_KIND, names.EBOOK_KIND):
        return
    elif kind == names.EBOOK_KIND:
        ebook = parse(EBook, document, where=where)
        if manifests.is_new(kind, ebook.name, ebook, where):
            manifests.ebooks[ebook.name] = ebook
    else:
        integration = _placed(parse(RosterIntegration, document, where=where))
        if manifests.is_new(names.ROSTER_INTEGRATION_KIND, integration.key, integration, where):
            manifests.integrations.append(integration)
            manifests.statuses[integration.key] = document.get("status")


def _placed(integration: RosterIntegration) -> RosterIntegration:
    """With what the API server would fill in."""
    metadata = integration.metadata
    filled = {"namespace": metadata.namespace or "default", "generation": metadata.generation or 1}
    return integration.model_copy(update={"metadata": metadata.model_copy(update=filled)})


def _secret(document: Mapping[str, Any], where: str) -> tuple[str, str, Mapping[str, bytes]]:
    metadata, plain, encoded = (document.get(part) or {} for part in ("metadata", "stringData", "data"))
    if not all(isinstance(part, Mapping) for part in (metadata, plain, encoded)):
        raise InvalidSpec(f"{where}: metadata, stringData and data of a Secret must be blocks of fields")
    data = {str(key): str(value).encode() for key, value in plain.items()}
    for key, value in encoded.items():
        try:
            data.setdefault(str(key), base64.b64decode(str(value), validate=True))
        except (binascii.Error, ValueError):
            raise InvalidSpec(f"{where}: data.{key}: must be base64; use stringData for plain text") from None
    return str(metadata.get("namespace") or "default"), str(metadata.get("name", "")), data
