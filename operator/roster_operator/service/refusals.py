"""An answer that is an error."""

from __future__ import annotations

from http import HTTPStatus


class Refused(Exception):
    """A question that is not answered."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """`message`: for who asked."""
        super().__init__(message)
        self.status = status
        self.message = message
