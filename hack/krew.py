"""Makes what krew installs as `kubectl roster`: an archive for systems with a shell, and the manifest that names it.

    python -m hack.krew --repository OWNER/NAME --to build/krew

The archive holds the project's wheel, and a script that runs it by uv or pipx, which bring Python and its libraries.
The manifest is for the release of this version on GitHub; it has the archive's digest, so they are made together.
Whoever makes both anew of the same wheel gets the same bytes.

Its fields: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final

import yaml
from hack.release import ROOT, version

NAME: Final = "roster"
PROGRAM: Final = "kubectl-roster"
MANIFEST: Final = f"{NAME}.yaml"
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_EPOCH: Final = "315532800"
"""1980-01-01: the first day that a wheel can have."""
_SCRIPT: Final = """\
#!/bin/sh
# Runs the commands of Roster Operator from the wheel beside this script.
set -eu
me=$0
while [ -L "$me" ]; do
  to=$(readlink "$me")
  case $to in
    /*) me=$to ;;
    *) me=$(dirname "$me")/$to ;;
  esac
done
set -- "$(dirname "$me")"/roster_operator-*.whl "$@"
wheel=$1
shift
if command -v uvx >/dev/null 2>&1; then
  exec uvx --quiet --from "$wheel" kubectl-roster "$@"
elif command -v pipx >/dev/null 2>&1; then
  exec pipx run --quiet --spec "$wheel" kubectl-roster "$@"
fi
echo "error: kubectl roster needs uv (https://docs.astral.sh/uv) or pipx (https://pipx.pypa.io): install one." >&2
exit 1
"""


def archive(wheel: Path) -> bytes:
    """The archive with a wheel in it."""
    files = {
        PROGRAM: (_SCRIPT.encode(), 0o755),
        "LICENSE": ((ROOT / "LICENSE").read_bytes(), 0o644),
        wheel.name: (wheel.read_bytes(), 0o644),
    }
    unpacked, packed = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=unpacked, mode="w", format=tarfile.USTAR_FORMAT) as opened:
        for name, (content, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), mode, int(_EPOCH)
            opened.addfile(entry, io.BytesIO(content))
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as compressed:
        compressed.write(unpacked.getvalue())
    return packed.getvalue()


def archive_name(of_version: str) -> str:
    """What the archive is called among the files of a release."""
    return f"{PROGRAM}-{of_version}.tar.gz"


def manifest(of_version: str, repository: str, packed: bytes) -> dict[str, Any]:
    """The manifest that names an archive of a release on GitHub."""
    home = f"https://github.com/{repository}"
    return {
        "apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
        "kind": "Plugin",
        "metadata": {"name": NAME},
        "spec": {
            "version": f"v{of_version}",
            "homepage": home,
            "shortDescription": "Ask why a student has an eBook or lacks it",
            "description": (
                "Answers questions about school districts whose eBook licenses Roster Operator keeps: how a\n"
                "district stands, who must act, what somebody has and lacks and why, what each sync did. It asks\n"
                "the console in the cluster, with your own permissions.\n"
            ),
            "caveats": (
                "It needs uv (https://docs.astral.sh/uv) or pipx (https://pipx.pypa.io), which fetch its libraries\n"
                "when it runs for the first time. The cluster needs the console of Roster Operator (console.enabled).\n"
            ),
            "platforms": [
                {
                    "selector": {"matchExpressions": [{"key": "os", "operator": "In", "values": ["darwin", "linux"]}]},
                    "uri": f"{home}/releases/download/v{of_version}/{archive_name(of_version)}",
                    "sha256": hashlib.sha256(packed).hexdigest(),
                    "bin": PROGRAM,
                }
            ],
        },
    }


def make(repository: str, folder: Path, wheel: Path) -> None:
    """Write archive and manifest into a folder."""
    packed, stated = archive(wheel), version()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / archive_name(stated)).write_bytes(packed)
    text = yaml.safe_dump(manifest(stated, repository, packed), sort_keys=False)
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def _wheel(folder: str) -> Path:
    command = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps", "--no-build-isolation", "-w", folder]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": _EPOCH}
    subprocess.run([*command, str(ROOT)], check=True, env=environment)  # noqa: S603 - pip, and our own folder
    (made,) = Path(folder).glob("*.whl")
    return made


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", required=True, metavar="OWNER/NAME", help="on GitHub, that has the release")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "krew", metavar="FOLDER")
    options = parser.parse_args()
    if not _REPOSITORY.fullmatch(options.repository):
        parser.error("--repository must be OWNER/NAME")
    with tempfile.TemporaryDirectory() as folder:
        make(options.repository, options.to, _wheel(folder))
    print(f"{options.to / MANIFEST} names {options.to / archive_name(version())}")


if __name__ == "__main__":
    main()
