"""`make bench-docs`: puts the figures of `build/bench.json` into docs/contribute/performance.md and draws its plot.

What stands between a pair of marks, `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, is replaced; a NAME without
figures is left as it is.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from benchmarks import plot, results
from benchmarks.results import COPY, DIALECTS, START, WIRE, Figures

PAGE = Path("docs") / "contribute" / "performance.md"
PLOT = Path("docs") / "contribute" / "performance.svg"
PEERS = Path("build") / "bench-peers.json"
PROFILES = Path("build") / "bench-profiles.json"
_PLOTTED = "large"


def main() -> int:
    """Rewrite the page and the plot."""
    sizes = results.load()
    blocks = {name: results.table(found) for name, found in sizes.items()}
    for path in (PEERS, PROFILES):
        if path.exists():
            blocks |= json.loads(path.read_text(encoding="utf-8"))
    if not blocks:
        sys.stderr.write(f"there are no figures in {results.RESULT}: make bench first\n")
        return 1
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), blocks), encoding="utf-8")
    if _PLOTTED in sizes:
        PLOT.write_text(drawn(sizes[_PLOTTED]), encoding="utf-8")
    sys.stdout.write(f"{PAGE} has the figures of: {', '.join(blocks)}\n")
    return 0


def filled(page: str, blocks: dict[str, list[str]]) -> str:
    """The page with these lines between their marks."""
    for name, lines in blocks.items():
        marks = re.compile(rf"(<!-- bench:{re.escape(name)} -->\n).*?(<!-- /bench:{re.escape(name)} -->)", re.DOTALL)
        text = "\n".join(lines)
        page = marks.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", page)  # type: ignore[misc]
    return page


def drawn(found: Figures) -> str:
    """The plot of a size's ratios."""
    shown = [case for case in found["cases"] if case["case"] not in {START, WIRE, COPY}]
    return plot.bars(
        f"Times the limit of wire and database, {found['students']:,} students ({found['date']})",
        [(f"{case['case']}, {DIALECTS[case['dialect']]}", case["ratio"]) for case in shown],
    )


if __name__ == "__main__":
    sys.exit(main())
