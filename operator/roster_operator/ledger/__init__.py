"""The license store."""

from roster_operator.ledger.store import open_ledger

__all__ = ["open_ledger"]
