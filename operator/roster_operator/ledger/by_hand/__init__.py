"""Carries out what people decide by hand: `open_by_hand`."""

from roster_operator.ledger.by_hand.store import open_by_hand

__all__ = ["open_by_hand"]
