"""The pages about the chart's values, made of `values.yaml`: each value with the comment above it.

`python -m tests.docs.chart_values` writes it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.docs.pages import ROOT, text_of

VALUES = "charts/roster-operator/values.yaml"
_TABLE = """| Value | Default | Meaning |
|---|---|---|
"""
PAGES = {
    "docs/reference/chart-values.md": """# Values of the chart

What `helm install` takes by `--set` or `--values`. [Install](../how-to/install.md) explains the choices. This page is
made of the chart's `values.yaml` by `python -m tests.docs.chart_values`.

""",
    "charts/roster-operator/README.md": """# The chart of Roster Operator

Keeps every district's eBook licenses equal to its roster. [Install](../../docs/how-to/install.md) takes you through it:

```sh
helm install roster-operator charts/roster-operator --namespace roster-operator --create-namespace
helm test roster-operator --namespace roster-operator
```

A schema refuses a misspelled or impossible value by its name. [Get alerts](../../docs/how-to/get-alerts.md),
[upgrade](../../docs/how-to/upgrade.md), [uninstall](../../docs/how-to/uninstall.md). This page is made of `values.yaml`
by `python -m tests.docs.chart_values`.

""",
}
_KEY = re.compile(r"^(?P<indent> *)(?P<name>[A-Za-z]\w*):(?: (?P<default>.*))?$")


def values(text: str) -> Iterator[tuple[str, str, str]]:
    """Path, default and comment of each value, in their order."""
    path: list[str] = []
    comment: list[str] = []
    keyed = [(index, _KEY.match(line)) for index, line in enumerate(text.splitlines())]
    lines = text.splitlines()
    for index, key in keyed:
        line = lines[index]
        if line.lstrip().startswith("#"):
            comment.append(line.lstrip("# ").removeprefix("-- "))
        elif key is None:
            comment = [] if not line.strip() else comment
        else:
            depth = len(key["indent"]) // 2
            path = [*path[:depth], key["name"]]
            below = [lines[after] for after in range(index + 1, len(lines)) if lines[after].strip()][:1]
            parent = key["default"] is None and below and below[0].startswith(key["indent"] + " ")
            items = parent and not re.match(r" *(#|[A-Za-z])", below[0])
            if not parent or items:
                default = (key["default"] or "").partition("  #")[0].strip() or ("see `values.yaml`" if items else "")
                yield ".".join(path), default, " ".join(comment)
            elif comment:
                yield ".".join(path), "", " ".join(comment)
            comment = []


def written(page: str) -> str:
    """A page as it should be."""
    rows = (
        f"| `{path}` | {f'`{default}`' if default and ' `' not in default else default} | {meaning.replace('|', '/')} |"
        for path, default, meaning in values(text_of(VALUES))
    )
    return PAGES[page] + _TABLE + "\n".join(rows) + "\n"


if __name__ == "__main__":
    for each in PAGES:
        (ROOT / each).write_text(written(each), encoding="utf-8")
