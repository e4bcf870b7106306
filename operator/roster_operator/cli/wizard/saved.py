"""Where a wizard that was left goes on: a file of its owner's, in which no secret is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from roster_operator.errors import InputError
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wire import Unreadable, plain, read
from roster_operator.operations.wizard.saved import Saved

_FORM: Final = 1


class SavedFiles:
    """A folder with one file a district, which only its owner may read."""

    def __init__(self, folder: Path | None) -> None:
        """`folder`: else the place that the desktop's conventions have for a program's state."""
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        self._folder = folder or Path(base) / "roster-operator" / "wizard"

    def path(self, district: DistrictName) -> Path:
        """Of a district."""
        return self._folder / f"{district.namespace}.{district.name}.json"

    def find(self, district: DistrictName) -> Saved | None:
        """What was left; raises `InputError` for a file that cannot be read."""
        path = self.path(district)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise InputError(f"{path} cannot be read. Remove it, and begin again.") from None
        try:
            return self._read(found)
        except (Unreadable, KeyError, TypeError, AttributeError):
            raise InputError(f"{path} is of another version. Remove it, and begin again.") from None

    def keep(self, saved: Saved) -> None:
        """Write it down, whole or not at all."""
        path = self.path(DistrictName(saved.draft.name, saved.draft.namespace))
        text = json.dumps({"form": _FORM, **plain(saved)}, ensure_ascii=False)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = path.with_suffix(f".{os.getpid()}")
            beside.touch(0o600)
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}. Name another folder with --state.") from None

    def drop(self, district: DistrictName) -> None:
        """It is finished."""
        self.path(district).unlink(missing_ok=True)

    def _read(self, found: Any) -> Saved:
        if found.pop("form") != _FORM:
            raise Unreadable("form")
        return read(Saved, found)
