"""Who is signed in, and for how long, sealed in a cookie: the token that they showed, or whom their provider named.

Nothing is kept here but which sessions were ended, so that every replica with the same key knows every session.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from roster_operator.clock import Clock
from roster_operator.console.sealing import Keys, Seal
from roster_operator.kube.reviews import User

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
    """Empty: of somebody whom a provider named."""
    begun: datetime
    seen: datetime
    user: User | None = field(default=None, repr=False)
    """Whom the provider named; None: whom the cluster says that the token stands for, anew for each page."""


class Sessions:
    """Seals and opens sessions."""

    def __init__(self, find_secret: Callable[[], bytes | None], clock: Clock, *, issuer: str = "") -> None:
        """`find_secret`: see `Keys`. `issuer`: of the provider whose people are let in; empty: there is none."""
        self._keys = Keys(find_secret)
        self._seal = Seal(self._keys, _SEALING)
        self._clock = clock
        self._issuer = issuer
        self._ended: dict[str, datetime] = {}

    def begin(self, token: str) -> Session:
        """Of a token that was found to be somebody's. It has a new id, whatever the browser had before."""
        now = self._clock.now()
        return Session(secrets.token_urlsafe(16), token, now, now)

    def begin_as(self, user: User) -> Session:
        """Of somebody whom the provider named."""
        return replace(self.begin(""), user=user)

    def sealed(self, session: Session) -> str | None:
        """As a cookie has it; None if the token is too long for one."""
        told: dict[str, Any] = {"id": session.id, "begun": session.begun.timestamp()}
        if session.user is None:
            told |= {"token": session.token}
        else:
            told |= {"issuer": self._issuer, "name": session.user.name, "groups": session.user.groups}
        cookie = self._seal.sealed(told, session.seen)
        return cookie if len(cookie) <= LARGEST else None

    def open(self, cookie: str) -> Session | None:
        """What `sealed` made; None if it is over, or was made by nobody who has the key, or with another provider."""
        opened = self._seal.opened(cookie)
        if opened is None or opened[0].get("issuer", self._issuer) != self._issuer:
            return None
        now, (told, seen) = self._clock.now(), opened
        user = User(told["name"], groups=tuple(told["groups"])) if "name" in told else None
        begun = datetime.fromtimestamp(told["begun"], UTC)
        session = Session(told["id"], told.get("token", ""), begun, seen, user)
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
        return hmac.new(self._keys.of(_FORMS), subject.encode(), "sha256").hexdigest()
