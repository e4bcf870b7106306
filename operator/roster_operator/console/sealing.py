"""What the console has browsers keep for it: encrypted, and believed only as it was made."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from cryptography.fernet import Fernet, InvalidToken


class Keys:
    """A key for each purpose, derived from one secret."""

    def __init__(self, find_secret: Callable[[], bytes | None]) -> None:
        """`find_secret`: what all replicas know; while there is none, keys are of this process alone."""
        self._find_secret = find_secret
        self._own = secrets.token_bytes(32)

    def of(self, purpose: bytes) -> bytes:
        """Of 32 bytes; a purpose has at most 16."""
        return blake2b(key=self._find_secret() or self._own, person=purpose, digest_size=32).digest()


class Seal:
    """Of one purpose: what was sealed for another does not open."""

    def __init__(self, keys: Keys, purpose: bytes) -> None:
        """`purpose`: see `Keys`."""
        self._keys = keys
        self._purpose = purpose

    def sealed(self, told: Mapping[str, Any], at: datetime) -> str:
        """As a cookie has it."""
        return self._fernet().encrypt_at_time(json.dumps(told).encode(), int(at.timestamp())).decode("ascii")

    def opened(self, text: str) -> tuple[dict[str, Any], datetime] | None:
        """What was sealed, and when; None if it was made by nobody who has the key."""
        fernet = self._fernet()
        try:
            told = json.loads(fernet.decrypt(text.encode()))
            return told, datetime.fromtimestamp(fernet.extract_timestamp(text.encode()), UTC)
        except (InvalidToken, UnicodeEncodeError):
            return None

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._keys.of(self._purpose)))
