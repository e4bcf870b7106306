"""Packs what a PowerSchool district installs: the XML files of examples/powerschool-plugin, in a ZIP beside them.

`--write` packs them; `--check` says whether the ZIP is up to date. It holds nothing of the machine that made it:
whoever makes it anew gets the same bytes.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[1] / "examples" / "powerschool-plugin"
ZIP: Final = "cpm-rostering-plugin.zip"
QUERIES: Final = "queries_root/cpm_rostering.named_queries.xml"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP of these files that is the same wherever and whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            package.writestr(entry, files[name])
    return buffer.getvalue()


def package(folder: Path = FOLDER) -> bytes:
    """The ZIP as it should be."""
    return zipped({name: (folder / name).read_bytes() for name in ("plugin.xml", QUERIES)})


def is_packed(folder: Path = FOLDER) -> bool:
    """Whether the ZIP is up to date."""
    packed = folder / ZIP
    return packed.exists() and packed.read_bytes() == package(folder)


def main() -> int:
    """Pack, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true")
    what.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        if not is_packed():
            print(f"{ZIP} is not up to date in {FOLDER.name}. Run: make powerschool-plugin", file=sys.stderr)
        return not is_packed()
    (FOLDER / ZIP).write_bytes(package())
    print(f"wrote {FOLDER / ZIP}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
