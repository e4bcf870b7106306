"""Takes in licenses that were given before, or are given elsewhere: `open_imports`."""

from roster_operator.ledger.imports.store import open_imports

__all__ = ["open_imports"]
