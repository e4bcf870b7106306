"""A district and its ledger, to type into what the pages say."""

from __future__ import annotations

from tests.reconcile.conftest import district, scene, scene_on_both

__all__ = ["district", "scene", "scene_on_both"]
