"""Roster Operator keeps every district's eBook licenses equal to its roster."""

__version__ = "0.1.0"
