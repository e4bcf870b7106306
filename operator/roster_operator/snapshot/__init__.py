"""The roster snapshot: the last complete reading of a district, small and without a name, for answers.

Nothing is decided by it: a sync reads the SIS. docs/decisions/0026-the-roster-snapshot.md says what it holds and why.
"""
