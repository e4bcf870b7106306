"""Who may read a district over OneRoster: the token endpoint, bearer tokens and signatures."""

from __future__ import annotations

import hmac

from district_simulator.exchange import Call, Reply, Route
from district_simulator.faults.intake import STICKY_COOKIE
from district_simulator.oauth1 import SignatureRefusedError, SignatureVerifier
from district_simulator.profile import Profile
from district_simulator.service import AccessSettings, Service, token_refusal
from district_simulator.statusinfo import RefusedError, unauthorized, unknown_route
from district_simulator.tokens import TokenRefusedError, scopes_of

_FORM = "application/x-www-form-urlencoded"


class Authorization:
    """Lets requests in to one district."""

    def __init__(self, service: Service, access: AccessSettings, profile: Profile) -> None:
        self._service = service
        self._access = access
        self._profile = profile
        self._verifier = SignatureVerifier(access.client_id, access.client_secret, access.signatures)

    def token(self, call: Call) -> Reply:
        """Answer a request for a token."""
        if self._access.auth in ("oauth1", "bearer"):
            raise unknown_route()
        if call.method != "POST":
            raise RefusedError(405, "unsupported", "tokens are issued by POST", {"Allow": "POST"})
        lacking = [name for name in self._profile.token_query if not dict(call.parameters).get(name)]
        if lacking:
            raise RefusedError(400, "invalid data", f"the token address lacks {', '.join(lacking)}")
        try:
            token = self._service.issue_token(call)
        except TokenRefusedError as refused:
            return token_refusal(refused)
        answer = {
            "access_token": token.value,
            "token_type": "bearer",
            "expires_in": self._access.expires_in,
            "scope": " ".join(sorted(token.scopes)),
        }
        reply = Reply.of_json(answer)
        reply.headers["Cache-Control"] = "no-store"
        if self._service.faults.has("sticky-cookie"):
            reply.headers["Set-Cookie"] = f"{STICKY_COOKIE}; Path=/"
        return reply

    def check(self, call: Call, route: Route) -> None:
        """Return quietly where the request may be answered, else raise RefusedError."""
        if self._profile.form_type and call.headers.get("Content-Type", _FORM).startswith("application/json"):
            raise RefusedError(415, "unsupported", f"send {_FORM}")
        header = call.headers.get("Authorization", "")
        if call.bearer is not None and self._access.auth != "oauth1":
            self._check_bearer(call.bearer, route)
        elif header[:5].lower() == "oauth" and self._access.auth in ("oauth1", "any"):
            try:
                self._verifier.verify(call.method, call.url, header, self._service.now())
            except SignatureRefusedError as refused:
                raise unauthorized(str(refused)) from None
        else:
            raise unauthorized("no credentials of an accepted kind")

    def _check_bearer(self, bearer: str, route: Route) -> None:
        if self._access.auth == "bearer":
            if not hmac.compare_digest(bearer.encode(), self._access.client_secret.encode()):
                raise unauthorized("the access token is unknown")
            return
        token = self._service.issuer.find(bearer, self._service.now())
        if token is None:
            raise unauthorized("the access token is unknown, expired or revoked")
        scopes = scopes_of(route.version)
        enough = {scopes.demographics, scopes.everything} if route.collection == "demographics" else {
            scopes.core, scopes.everything
        }  # fmt: skip
        if token.scopes.isdisjoint(enough):
            raise RefusedError(403, "forbidden", f"the token's scope does not cover {route.collection}")
