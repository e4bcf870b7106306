"""When the certificates of a Secret's ca.crt end."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from roster_operator.api import names


def _parts(subject: Any) -> tuple[tuple[tuple[str, str], ...], ...]:
    """As `ssl` has it: names in parts, each with its kind."""
    return subject if isinstance(subject, tuple) else ()


def ends_of(secret: Mapping[str, bytes]) -> dict[str, datetime]:
    """By the names of their subjects; none of what is no certificate, which a sync tells of."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=secret.get(names.SECRET_CA, b"").decode("ascii"))
    except (ssl.SSLError, ValueError):
        return {}
    found: dict[str, datetime] = {}
    for certificate in context.get_ca_certs():
        subject = dict(pair for part in _parts(certificate.get("subject")) for pair in part)
        end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
        name = str(subject.get("commonName") or subject.get("organizationName") or certificate["serialNumber"])
        found[name] = min(end, found.get(name, end))
    return found
