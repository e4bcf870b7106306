"""What the license store keeps about looking at people, and how their data leaves it: `open_people`."""

from roster_operator.ledger.people.store import open_people

__all__ = ["open_people"]
