"""Many small districts behind one server: each below its own prefix, with its own seed, made when first asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from district_simulator.changes import apply_change
from district_simulator.faults import Fault
from district_simulator.roster import DistrictSettings
from district_simulator.service import AccessSettings, Service
from district_simulator.vendors import VENDORS, Versions

_DISTRICT = re.compile(r"/d/(0|[1-9][0-9]{0,6})(?=/)")


class Fleet:
    """The districts /d/0 to /d/N-1 below a prefix; district i has the seed of the settings plus i."""

    def __init__(
        self,
        settings: DistrictSettings,
        access: AccessSettings,
        districts: int,
        *,
        vendor: str = "Generic",
        versions: Versions | None = None,
        prefix: str = "",
        faults: Sequence[str] = (),
        changes: Sequence[str] = (),
    ) -> None:
        self._settings = settings
        self._access = access
        self._vendor = VENDORS[vendor]
        self._versions = self._vendor.versions(versions)
        self._districts = districts
        self._prefix = prefix
        self._faults = tuple(faults)
        self._changes = tuple(changes)
        self._made: dict[int, Service] = {}

    def find(self, target: str) -> Service | None:
        """The district that a path belongs to."""
        if not target.startswith(self._prefix):
            return None
        match = _DISTRICT.match(target, len(self._prefix))
        if match is None or int(match[1]) >= self._districts:
            return None
        return self.district(int(match[1]))

    def district(self, number: int) -> Service:
        """District number i, with the faults and changes that the fleet was started with."""
        if number not in self._made:
            settings = replace(self._settings, seed=self._settings.seed + number)
            service = self._vendor.serve(settings, self._access, f"{self._prefix}/d/{number}", self._versions)
            service.faults.active += [Fault.parse(text) for text in self._faults]
            for text in self._changes:
                apply_change(service.roster, text)
            self._made[number] = service
        return self._made[number]
