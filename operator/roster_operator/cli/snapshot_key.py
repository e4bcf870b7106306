"""Where the key of roster snapshots is, without a cluster: in a file that is named, or beside a ledger that is one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from roster_operator.errors import InputError
from roster_operator.snapshot.key import SnapshotKey

OPTION: Final = click.option(
    "--snapshot-key-file",
    envvar="ROSTER_OPERATOR_SNAPSHOT_KEY_FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with the key by which people are found in roster snapshots, such as a mounted Secret. Default: beside "
    "a SQLite ledger, with .key behind its name. Without one, no snapshot is kept.",
)
_SQLITE_FILE: Final = "sqlite:///"


def find_key(named: Path | None, ledger_url: str, *, create: bool = False) -> SnapshotKey | None:
    """The key; with `create` a new one beside a SQLite ledger that has none. Raises `InputError` for what is none."""
    path = named or _beside(ledger_url)
    if path is None:
        return None
    if path.exists():
        try:
            return SnapshotKey.read(path.read_text(encoding="ascii"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"The key of roster snapshots ({path}) cannot be read: {type(error).__name__}. Platform: let the "
                "operator read it."
            ) from error
    if named is not None:
        raise InputError(f"There is no file {path} (--snapshot-key-file). Platform: correct its path.")
    return _write(path) if create else None


def _beside(ledger_url: str) -> Path | None:
    path = ledger_url.removeprefix(_SQLITE_FILE)
    is_file = ledger_url.startswith(_SQLITE_FILE) and path not in {"", ":memory:"}
    return Path(f"{path}.key") if is_file else None


def _write(path: Path) -> SnapshotKey | None:
    """For its owner alone. None if nothing can be written there: then no snapshot is kept."""
    key = SnapshotKey.new()
    try:
        path.touch(0o600, exist_ok=False)
        path.write_text(f"{key.written}\n", encoding="ascii")
    except FileExistsError:
        return find_key(path, "")
    except OSError:
        return None
    return key
