"""The administration of a running simulator: changes, faults and statistics.

GET  /_simulator/stats            counts of what was asked
POST /_simulator/stats            start counting anew
POST /_simulator/changes          {"changes": ["student-leaves:student=S1000003", ...]}
POST /_simulator/faults           {"faults": ["clamp=500", ...]} are switched on beside those that are
DELETE /_simulator/faults         all faults are switched off
POST /_simulator/tokens/revoke    every token issued so far is revoked
"""

from __future__ import annotations

from typing import Any

from district_simulator.changes import ChangeError, apply_change
from district_simulator.faults import Fault, UnknownFaultError
from district_simulator.service import Service, Stats


def answer_admin(service: Service, method: str, what: str, body: Any) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the JSON answer of an administrative request."""
    match method, what:
        case "GET", "stats":
            return 200, service.stats.as_dict()
        case "POST", "stats":
            service.stats = Stats()
            return 200, {}
        case "POST", "changes":
            return _each(body, "changes", lambda text: apply_change(service.roster, text))
        case "POST", "faults":
            return _each(body, "faults", lambda text: service.faults.active.append(Fault.parse(text)))
        case "DELETE", "faults":
            service.faults.active.clear()
            return 200, {}
        case "POST", "tokens/revoke":
            service.issuer.revoke_all()
            return 200, {}
    return 404, {"message": "unknown administrative request"}


def _each(body: Any, key: str, act: Any) -> tuple[int, dict[str, Any]]:
    texts = body.get(key) if isinstance(body, dict) else None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return 400, {"message": f'send {{"{key}": [text, ...]}}'}
    try:
        for text in texts:
            act(text)
    except (ChangeError, UnknownFaultError) as error:
        return 400, {"message": str(error)}
    return 200, {key: len(texts)}
