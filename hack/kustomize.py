"""Makes examples/kustomize/base, for who installs without helm: what the chart renders, without helm's marks.

    python -m hack.kustomize

The ledger is in PostgreSQL, as for production. The definitions beside it are written by `make crds`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml
from hack.controlplane.binaries import find_binaries
from hack.controlplane.cluster import Cluster

ROOT: Final = Path(__file__).resolve().parents[1]
CHART: Final = ROOT / "charts" / "roster-operator"
BASE: Final = ROOT / "examples" / "kustomize" / "base"
NAME: Final = "roster-operator"
VALUES: Final[dict[str, Any]] = {
    "crds": {"enabled": False},
    "ledger": {"existingSecret": {"name": "roster-operator-ledger"}, "sqlite": {"enabled": False}},
}
_HEAD: Final = "# Made from charts/roster-operator by `make kustomize`; change it there.\n"
_NAMESPACE: Final[dict[str, Any]] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": NAME, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
}


def written(helm: Callable[..., str]) -> str:
    """The objects, as they should be; `helm(*arguments, input=text)` runs it."""
    values = yaml.safe_dump(VALUES)
    text = helm("template", NAME, CHART, "--namespace", NAME, "--no-hooks", "--values", "-", input=values)
    objects = (_without_marks(entry) for entry in yaml.safe_load_all(text) if entry)
    return _HEAD + yaml.safe_dump_all([_NAMESPACE, *objects], sort_keys=False, width=120)


def _without_marks(value: Any) -> Any:
    """The same, without labels of helm's and of its release."""
    if isinstance(value, list):
        return [_without_marks(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_marks(each) for name, each in value.items() if not _is_mark(name)}
    return value


def _is_mark(name: str) -> bool:
    return name.startswith("helm.sh/") or name == "app.kubernetes.io/managed-by"


def main() -> None:
    """Write it."""
    with tempfile.TemporaryDirectory() as folder:
        helm = Cluster(Path(folder) / "no.kubeconfig", find_binaries(), Path(folder)).helm
        (BASE / "operator.yaml").write_text(written(helm), encoding="utf-8")


if __name__ == "__main__":
    main()
