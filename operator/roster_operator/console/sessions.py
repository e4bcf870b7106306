"""Who is signed in: the token that they showed, sealed in a cookie, and for how long.

Nothing is kept here but which sessions were ended, so that every replica with the same key knows every session.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from roster_operator.clock import Clock

IDLE: Final = timedelta(minutes=30)
"""Without a page, after which a session ends."""
LONGEST: Final = timedelta(hours=8)
_RENEWED_AFTER: Final = timedelta(minutes=1)
LARGEST: Final = 3_900
"""Bytes of a cookie: browsers drop what is longer than 4,096 with its name and attributes."""
_MOST_ENDED: Final = 100_000
_SEALING, _FORMS = b"console sessions", b"console forms"
"""Purposes of keys that are derived from one secret."""


@dataclass(frozen=True, slots=True)
class Session:
    """Of somebody who signed in here."""

    id: str
    token: str = field(repr=False)
    begun: datetime
    seen: datetime


class Sessions:
    """Seals and opens sessions."""

    def __init__(self, find_secret: Callable[[], bytes | None], clock: Clock) -> None:
        """`find_secret`: what all replicas know; while there is none, sessions are of this process alone."""
        self._find_secret = find_secret
        self._own = secrets.token_bytes(32)
        self._clock = clock
        self._ended: dict[str, datetime] = {}

    def begin(self, token: str) -> Session:
        """Of a token that was found to be somebody's. It has a new id, whatever the browser had before."""
        now = self._clock.now()
        return Session(secrets.token_urlsafe(16), token, now, now)

    def sealed(self, session: Session) -> str | None:
        """As a cookie has it; None if the token is too long for one."""
        told = {"id": session.id, "token": session.token, "begun": session.begun.timestamp()}
        seen = int(session.seen.timestamp())
        cookie = self._fernet().encrypt_at_time(json.dumps(told).encode(), seen).decode("ascii")
        return cookie if len(cookie) <= LARGEST else None

    def open(self, cookie: str) -> Session | None:
        """What `sealed` made; None if it is over, or was made by nobody who has the key."""
        now, fernet = self._clock.now(), self._fernet()
        try:
            seen = datetime.fromtimestamp(fernet.extract_timestamp(cookie.encode()), UTC)
            told = json.loads(fernet.decrypt(cookie.encode()))
        except (InvalidToken, UnicodeEncodeError):
            return None
        session = Session(told["id"], told["token"], datetime.fromtimestamp(told["begun"], UTC), seen)
        over = now - seen > IDLE or now - session.begun > LONGEST or session.id in self._ended
        return None if over else session

    def renewed(self, session: Session) -> Session | None:
        """The same, seen now; None if it was seen a moment ago."""
        now = self._clock.now()
        return replace(session, seen=now) if now - session.seen > _RENEWED_AFTER else None

    def end(self, session: Session) -> None:
        """From now on its cookie opens nothing here, whoever has kept a copy."""
        now = self._clock.now()
        over = [each for each, begun in self._ended.items() if now - begun > LONGEST]
        for each in over:
            del self._ended[each]
        while len(self._ended) >= _MOST_ENDED:
            del self._ended[next(iter(self._ended))]
        self._ended[session.id] = session.begun

    def mark_of_form(self, subject: str) -> str:
        """What a form must hold that somebody sends, so that no other page can send it for them."""
        return hmac.new(self._key(_FORMS), subject.encode(), "sha256").hexdigest()

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key(_SEALING)))

    def _key(self, purpose: bytes) -> bytes:
        return blake2b(key=self._find_secret() or self._own, person=purpose, digest_size=32).digest()
