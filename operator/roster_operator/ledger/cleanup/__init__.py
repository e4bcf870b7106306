"""Brings the accounts of a district into order, and merges those that are one: `open_cleanup`."""

from roster_operator.ledger.cleanup.store import open_cleanup

__all__ = ["open_cleanup"]
