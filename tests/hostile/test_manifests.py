"""No file that a pull request adds makes `sync` take more memory than it has, or go on without end."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hostile.measure import MOST_MEMORY, sync

pytestmark = pytest.mark.slow

HEAD = "apiVersion: rostering.cpm.org/v1alpha1\nkind: RosterIntegration\nmetadata: {name: a, namespace: b}\n"


def laughs(levels: int, *, way: str = "[{}]") -> str:
    """Each level names the one before it nine times."""
    lines = [f"a0: &a0 {way.format('x')}" if way == "[{}]" else "a0: &a0 {k: v}"]
    lines += [f"a{level}: &a{level} {way.format(', '.join([f'*a{level - 1}'] * 9))}" for level in range(1, levels)]
    return "\n".join(lines) + "\n"


HOSTILE = {
    "aliases of aliases": (f"{HEAD}spec:\n  {laughs(9).strip().replace(chr(10), chr(10) + '  ')}\n", "values"),
    "aliases of aliases in what is passed over": (laughs(12), "values"),
    "aliases that are merged": (laughs(9, way="{{<<: [{}]}}"), "values"),
    "an alias of itself": (f"{HEAD}spec: &a\n  schools: [*a]\n", "holds itself"),
    "very many values": (f"{HEAD}spec: [{'a,' * 300_000}]\n", "values"),
    "a number that never ends": (f"{HEAD}spec: 1{':1' * 200_000}\n", "a number of more than"),
    "a text that never ends": (f"{HEAD}spec: {'😀' * 3_000_000}\n", "bytes"),
    "nested without end": (f"{HEAD}spec: {'[' * 100_000}\n", "makes no sense"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_manifest_is_refused_before_it_takes_memory(what: str, tmp_path: Path) -> None:
    text, said = HOSTILE[what]
    path = tmp_path / "hostile.yaml"
    path.write_text(text, encoding="utf-8")
    taken = sync("--plan-only", "--file", path, timeout=60)
    assert taken.exit == 2
    assert taken.peak < MOST_MEMORY, taken
    assert f"{path}:" in taken.message
    assert said in taken.message
    assert len(taken.output) < 2000


def test_aliases_of_a_sound_manifest_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sound.yaml"
    path.write_text("base: &base {kind: Nothing}\n---\na: &a [1, 2]\nb: {<<: &m {c: *a}, d: *a}\n", encoding="utf-8")
    taken = sync("--plan-only", "--file", path, timeout=60)
    assert taken.exit == 2
    assert "no RosterIntegration in the files" in taken.message
