"""`make bench-docs`: puts what was measured here last into docs/contribute/performance.md.

What stands between a pair of marks, `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, is replaced; a NAME without
figures is left as it is. NAME is a size of `build/bench.json`, or a file of `build/bench`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from benchmarks import results

PAGE = Path("docs") / "contribute" / "performance.md"
FOLDER = Path("build") / "bench"


def main() -> int:
    """Rewrite the page."""
    blocks = {name: results.tables(found) for name, found in results.load().items()}
    blocks |= {path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(FOLDER.glob("*.md"))}
    if not blocks:
        sys.stderr.write(f"there are no figures in {results.RESULT} and {FOLDER}: make bench first\n")
        return 1
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), blocks), encoding="utf-8")
    sys.stdout.write(f"{PAGE} has the figures of: {', '.join(blocks)}\n")
    return 0


def keep(name: str, lines: list[str]) -> None:
    """Print a table, and keep it for the page."""
    text = "\n".join(lines) + "\n"
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def filled(page: str, blocks: dict[str, list[str]]) -> str:
    """The page with these lines between their marks."""
    for name, lines in blocks.items():
        marks = re.compile(rf"(<!-- bench:{re.escape(name)} -->\n).*?(<!-- /bench:{re.escape(name)} -->)", re.DOTALL)
        text = "\n".join(lines)
        page = marks.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", page)  # type: ignore[misc]
    return page


if __name__ == "__main__":
    sys.exit(main())
