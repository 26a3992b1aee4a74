"""The two routes that OAuth 2 describes: POST /v1/auth/token (RFC 6749) and POST /v1/auth/revoke (RFC 7009)."""

from collections.abc import Callable

import falcon
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidGrantError

from api import meter
from api.accounts.lookup import Principal
from api.audit.entry import ENTRY
from api.desk import Deps, Desk
from api.gate.rules import MISTAKES, OPEN
from api.tokens.claims import PATH, REVOKE_PATH
from api.tokens.client import GRANTS, SESSION_GRANT
from api.tokens.form import FormRequest, read_form
from api.tokens.server import Server, refuse

_MISTAKEN = (InvalidClientError, InvalidGrantError)


class _FormResource:
    """Answers forms; errors have the form that RFC 6749 5.2 gives them."""

    def __init__(self, deps: Deps, path: str) -> None:
        self._deps = deps
        self._server = Server(deps.tokens, deps.office.sessions, deps.keys.principal, self._count)
        issuer = deps.tokens.names.issuer
        # an operator who gives out an https address has TLS ended before us, and plain http is ours to see
        self._own_uri = f"{issuer}{path}" if issuer.startswith("https:") else None

    def _answer(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        read: Callable[[], dict[str, str]],
        answer: Callable[[FormRequest], None],
    ) -> None:
        self._deps.gate.count(req.env, OPEN)
        resp.context.entry = req.env[ENTRY]
        record = Desk(self._deps, None, req.env[ENTRY], req.env).record
        try:
            answer(FormRequest(req, resp, self._own_uri or req.uri, read(), record))
        except OAuth2Error as error:
            refuse(resp, error)
            if isinstance(error, _MISTAKEN):
                self._deps.gate.count(req.env, MISTAKES)

    def _count(self, principal: Principal, resp: falcon.Response) -> None:
        verdict = self._deps.quotas.take(principal.account_id, principal.tier, 0)
        resp.context.entry.caller, resp.context.entry.verdict = principal, verdict
        resp.set_headers(meter.headers(verdict, principal.tier))
        if not verdict.allowed:
            raise meter.exceeded(verdict, principal.tier)


class TokenResource(_FormResource):
    """Gives tokens. For a key it costs one of the minute once it is known, and never anything of the day."""

    def __init__(self, deps: Deps) -> None:
        super().__init__(deps, PATH)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer a token request."""

        def read() -> dict[str, str]:
            form = read_form(req, "grant_type", " or ".join(GRANTS))
            if form["grant_type"] == SESSION_GRANT:
                self._deps.gate.require_counting()
            return form

        self._answer(req, resp, read, self._server.answer)


class RevocationResource(_FormResource):
    """Ends the session of a token."""

    def __init__(self, deps: Deps) -> None:
        super().__init__(deps, REVOKE_PATH)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer a revocation request."""
        self._answer(
            req, resp, lambda: read_form(req, "token", "a refresh token, or an access token"), self._server.revoke
        )
