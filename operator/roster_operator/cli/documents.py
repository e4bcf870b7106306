"""Documents in YAML that somebody else wrote, such as the author of a pull request.

An alias costs its writer two characters and whoever looks at it a copy of what it stands for, and of that a hundred
aliases can make more than any machine has. So a document is measured as if each were written out, before it is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

MOST_VALUES: Final = 100_000
"""Of a document; the largest of Kubernetes, definitions of resources, have a third of it."""
_LONGEST_NUMBER: Final = 1000
"""Characters of what is a number or a date by its look."""
_TEXT: Final = "tag:yaml.org,2002:str"


class TooLarge(yaml.YAMLError):
    """A document has more in it than any manifest."""

    def __init__(self, problem: str, mark: yaml.Mark) -> None:
        """`problem` ends a sentence that begins with the file; `mark` is where."""
        super().__init__(problem)
        self.problem = problem
        self.problem_mark = mark


def documents_in(text: str) -> Iterator[Any]:
    """One document after the other; raises `yaml.YAMLError`, and what PyYAML raises over values that make no sense."""
    # libyaml, which would be faster, crashes on a file that is nested without end.
    loader = _Loader(text)
    try:
        while loader.check_data():  # type: ignore[no-untyped-call]
            yield loader.get_data()
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """Counts values while a document is taken apart, and once more with aliases before anything is made of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._values = 0

    def compose_document(self) -> yaml.Node | None:
        self._values = 0
        document: yaml.Node | None = super().compose_document()
        return document

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _too_many(self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        node: yaml.Node | None = super().compose_node(parent, index)
        return node

    def construct_document(self, node: yaml.Node) -> Any:
        if _written_out(node, {}) > MOST_VALUES:
            raise _too_many(node.start_mark)
        return super().construct_document(node)


def _written_out(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node is without aliases; `known`: those of nodes that were met, 0 while they are counted."""
    found = known.get(id(node))
    if found is not None:
        if not found:
            raise TooLarge("holds itself: an alias stands inside of what it stands for", node.start_mark)
        return found
    known[id(node)] = 0
    count = 1
    if isinstance(node, yaml.MappingNode):
        count += sum(_written_out(key, known) + _written_out(value, known) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        count += sum(_written_out(item, known) for item in node.value)
    elif node.tag != _TEXT and len(node.value) > _LONGEST_NUMBER:
        raise TooLarge(f"has a number of more than {_LONGEST_NUMBER} digits", node.start_mark)
    known[id(node)] = count
    return count


def _too_many(mark: yaml.Mark) -> TooLarge:
    return TooLarge(f"has more than {MOST_VALUES} values in a document, with its aliases written out", mark)
