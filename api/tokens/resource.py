"""POST /v1/auth/token: an access token for who shows an API key (RFC 6749 4.4)."""

from http import HTTPStatus

import falcon
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from falcon.uri import parse_query_string

from api import meter
from api.accounts.lookup import Principal
from api.audit.entry import ENTRY
from api.desk import Deps
from api.gate.rules import MISTAKES, OPEN
from api.tokens.claims import PATH
from api.tokens.server import FormRequest, Server, refuse

_FORM = "application/x-www-form-urlencoded"
_MAX_FORM = 8_192


class TokenResource:
    """Answers with tokens. It costs one of the minute once it is known who asks, and never anything of the day."""

    def __init__(self, deps: Deps) -> None:
        names = deps.tokens.names
        self._server = Server(names, deps.tokens.ring, deps.keys.principal, self._count)
        self._quotas = deps.quotas
        self._gate = deps.gate
        self._own_uri = f"{names.issuer}{PATH}" if names.issuer.startswith("https:") else None

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer a token request; errors have the form that RFC 6749 5.2 gives them."""
        self._gate.count(req.env, OPEN)
        resp.context.entry = req.env[ENTRY]
        try:
            # an operator who gives out an https address has TLS ended before us, and plain http is ours to see
            self._server.answer(FormRequest(req, resp, self._own_uri or req.uri, _form(req)))
        except OAuth2Error as error:
            refuse(resp, error)
        if resp.status_code == HTTPStatus.UNAUTHORIZED:
            self._gate.count(req.env, MISTAKES)

    def _count(self, principal: Principal, resp: falcon.Response) -> None:
        verdict = self._quotas.take(principal.account_id, principal.tier, 0)
        resp.context.entry.caller, resp.context.entry.verdict = principal, verdict
        resp.set_headers(meter.headers(verdict, principal.tier))
        if not verdict.allowed:
            raise meter.exceeded(verdict, principal.tier)


def _form(req: falcon.Request) -> dict[str, str]:
    """Return the form's parameters; InvalidRequestError if there is no form, or it can be read in two ways."""
    if (req.content_type or "").partition(";")[0].strip().lower() != _FORM:
        raise InvalidRequestError(f"the body must be {_FORM}")
    octets = req.bounded_stream.read(_MAX_FORM + 1)
    if len(octets) > _MAX_FORM:
        raise InvalidRequestError(f"the body must be at most {_MAX_FORM} bytes")
    try:
        read = parse_query_string(octets.decode("ascii"))
    except ValueError as ex:
        raise InvalidRequestError("the body must be percent-encoded") from ex
    form = {name: value for name, value in read.items() if isinstance(value, str)}
    if len(form) < len(read):
        raise InvalidRequestError("each parameter may be given once")
    if "grant_type" not in form:
        raise InvalidRequestError("grant_type is needed: client_credentials")
    if "client_secret" in form and "HTTP_AUTHORIZATION" in req.env:
        raise InvalidRequestError("client_secret and Authorization are two credentials; send one")
    return form
