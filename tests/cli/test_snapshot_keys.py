"""Without a cluster, the key of roster snapshots is in a file: named, or beside a ledger that is one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from roster_operator.cli.snapshot_key import find_key
from roster_operator.errors import InputError
from roster_operator.snapshot.key import SnapshotKey


def test_it_is_made_beside_a_sqlite_ledger_for_its_owner_alone_and_found_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    assert find_key(None, url) is None
    key = find_key(None, url, create=True)
    assert key is not None
    assert find_key(None, url) == find_key(None, url, create=True) == key
    file = tmp_path / "ledger.sqlite.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="ascii") == f"{key.written}\n"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://u@h/d"])
def test_other_ledgers_have_none_unless_it_is_named(url: str, tmp_path: Path) -> None:
    assert find_key(None, url, create=True) is None
    file = tmp_path / "key"
    file.write_text(SnapshotKey(b"7" * 32).written, encoding="ascii")
    assert find_key(file, url) == SnapshotKey(b"7" * 32)


def test_a_named_file_that_is_not_there_or_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        find_key(tmp_path / "key", "sqlite://", create=True)
    (tmp_path / "key").write_text("secret", encoding="ascii")
    with pytest.raises(InputError, match="hexadecimal") as refused:
        find_key(tmp_path / "key", "sqlite://")
    assert "secret" not in refused.value.message.lower()


def test_a_folder_that_cannot_be_written_to_means_no_snapshot(tmp_path: Path) -> None:
    assert find_key(None, f"sqlite:///{tmp_path / 'nowhere' / 'ledger.sqlite'}", create=True) is None
