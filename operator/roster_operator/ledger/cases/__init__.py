"""Codes that stand in a ticket for a page about a person: `open_cases`."""

from roster_operator.ledger.cases.store import open_cases

__all__ = ["open_cases"]
