"""What is known of a district that is not finished. No secret is in it, so it may be kept until somebody comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from roster_operator.api import names
from roster_operator.api.v1alpha1 import RosterSourceSpec
from roster_operator.errors import CredentialsMissing
from roster_operator.operations.wizard.draft import Draft
from roster_operator.operations.wizard.offer import Offer
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.from_secret import NOBODY, credentials_from


@dataclass(frozen=True, slots=True)
class Saved:
    """What was answered so far, and what it was answered to."""

    draft: Draft
    client_id: str = ""
    """The key that was entered; it is no secret."""
    secret_due: bool = False
    """Whether credentials were entered that are in no Secret yet."""
    offer: Offer | None = None
    """What the SIS offers, as it was read."""
    base: Mapping[str, Any] | None = None
    """The spec that was there when this began; None if there was none."""

    def with_draft(self, draft: Draft) -> Saved:
        """After a step."""
        return replace(self, draft=draft)


@dataclass(frozen=True, slots=True)
class Entered:
    """What is entered of a district's credentials: the data of its Secret, and nowhere else."""

    data: dict[str, str] = field(repr=False)

    def credentials(self, source: RosterSourceSpec) -> Credentials | CredentialsMissing:
        """For this source."""
        if source.secret_ref is None:
            return NOBODY
        encoded = {key: value.encode() for key, value in self.data.items()}
        return credentials_from(encoded, "What you entered", source)

    @property
    def client_id(self) -> str:
        """The key, which is no secret."""
        return self.data.get(names.SECRET_CLIENT_ID, "")
