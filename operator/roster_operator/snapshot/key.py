"""The key by which a person of a snapshot is found again: without it, a snapshot names nobody."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from roster_operator.errors import InputError

LENGTH: Final = 32
"""Bytes."""
HASH_LENGTH: Final = 8
_ID_LENGTH: Final = 8
_PURPOSE: Final = b"snapshot key id"


@dataclass(frozen=True, slots=True)
class SnapshotKey:
    """A secret of one installation; not kept where snapshots are."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> SnapshotKey:
        """A random one."""
        return cls(secrets.token_bytes(LENGTH))

    @classmethod
    def read(cls, written: str, where: str) -> SnapshotKey:
        """From hexadecimal text, as `written` makes it; `where` it stands, for the message."""
        try:
            secret = bytes.fromhex(written.strip())
        except ValueError:
            secret = b""
        if len(secret) != LENGTH:
            raise InputError(
                f"The key of roster snapshots ({where}) is not {2 * LENGTH} hexadecimal digits. Platform: put the "
                "right one there; or remove it, and every snapshot is made anew with another one."
            )
        return cls(secret)

    @property
    def written(self) -> str:
        """As text."""
        return self.secret.hex()

    @property
    def id(self) -> str:
        """Which key it is; tells nothing of the key."""
        return blake2b(self.secret, digest_size=_ID_LENGTH, person=_PURPOSE).hexdigest()

    def digests(self, sourced_ids: Iterable[str]) -> list[bytes]:
        """What stands for each of these persons: BLAKE2b, for which the key is set up once."""
        begin = blake2b(digest_size=HASH_LENGTH, key=self.secret).copy
        made = []
        for sourced_id in sourced_ids:
            begun = begin()
            begun.update(sourced_id.encode("utf-8", "surrogatepass"))
            made.append(begun.digest())
        return made

    def numbers(self, sourced_ids: Iterable[str]) -> list[int]:
        """What stands for each of these persons, as a number, as it is read."""
        return [int.from_bytes(digest, "little") for digest in self.digests(sourced_ids)]

    def hash_of(self, sourced_id: str) -> int:
        """The same of one person."""
        return self.numbers((sourced_id,))[0]
