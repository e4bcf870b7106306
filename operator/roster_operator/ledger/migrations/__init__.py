"""The history of the ledger's schema, for Alembic; `migrating.py` runs it."""
