"""Turns back what a sync did: `open_undo`."""

from roster_operator.ledger.undo.store import open_undo

__all__ = ["open_undo"]
