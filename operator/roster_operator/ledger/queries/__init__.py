"""What people ask of the license store: `open_queries`. Nothing here writes."""

from roster_operator.ledger.queries.store import open_queries

__all__ = ["open_queries"]
