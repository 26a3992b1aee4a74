"""From an exception to an answer: which problem it is, and how a problem is written."""

import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple, cast

import falcon
import orjson

from api.accounts import errors as accounts
from api.audit.entry import ENTRY
from api.compat.dialects import spoken
from api.problems import Refusal
from api.store import LOST
from api.tokens.errors import InvalidToken
from indicators import BadParameter, UnknownIndicator, UnknownProfile, UnknownSeries
from indicators.expressions import TooManyGaps
from warehouse.serving import UnknownColumn, UnknownSymbol
from warehouse.snapshots import CorruptSnapshot, NoSnapshot, UnknownSnapshot

MEDIA = "application/problem+json"
_CHALLENGE = 'ApiKey realm="kalpi", header="X-API-Key"'
_CHALLENGES = {"missing-key": f'Bearer realm="kalpi", {_CHALLENGE}', "invalid-token": 'Bearer error="invalid_token"'}
_CREDENTIAL = re.compile(rb"(kalpi_[a-z]+_|eyJ)[\w.-]{20,}")
"""A key, a refresh token or an access token, and with what it begins."""
_log = logging.getLogger("kalpi.api")


class Rule(NamedTuple):
    """An exception of another room, the problem it is for a caller, and the problem's members."""

    exception: type[Exception]
    slug: str
    members: Callable[[Any], Mapping[str, object]] = lambda _: {}


def _near(parameter: str, given: str) -> Callable[[Any], Mapping[str, object]]:
    return lambda ex: {"parameter": parameter, "given": getattr(ex, given), "allowed": list(ex.near)}


RULES = (
    Rule(UnknownSymbol, "unknown-symbol", _near("symbol", "symbol")),
    Rule(UnknownColumn, "unknown-column", _near("columns", "column")),
    Rule(UnknownIndicator, "unknown-indicator", _near("id", "id")),
    Rule(UnknownSnapshot, "unknown-snapshot", lambda _: {"parameter": "snapshot"}),
    Rule(CorruptSnapshot, "unknown-snapshot", lambda _: {"parameter": "snapshot"}),
    Rule(NoSnapshot, "no-snapshot", lambda _: {"retry_after": 5}),
    Rule(UnknownSeries, "parameter-out-of-bounds", lambda ex: _told("on", ex.name, list(ex.allowed))),
    Rule(UnknownProfile, "parameter-out-of-bounds", lambda ex: _told("profile", ex.name, list(ex.allowed))),
    Rule(BadParameter, "parameter-out-of-bounds", lambda ex: _told(ex.name, ex.value, ex.allowed)),
    Rule(TooManyGaps, "expression-too-costly"),
    Rule(InvalidToken, "invalid-token"),
    Rule(accounts.WrongPassword, "wrong-password"),
    Rule(accounts.BadCode, "bad-code", lambda _: {"parameter": "code"}),
    Rule(accounts.BadEmail, "parameter-out-of-bounds", lambda _: {"parameter": "email"}),
    Rule(accounts.BadPassword, "parameter-out-of-bounds", lambda ex: {"parameter": ex.parameter}),
    Rule(accounts.BadLabel, "parameter-out-of-bounds", lambda _: {"parameter": "label"}),
    Rule(accounts.BadScope, "parameter-out-of-bounds", lambda _: {"parameter": "scopes"}),
    Rule(accounts.BadExpiry, "parameter-out-of-bounds", lambda _: {"parameter": "expires_at"}),
    Rule(accounts.TooManyKeys, "too-many-keys"),
    Rule(accounts.UnknownKeyId, "unknown-key-id", lambda _: {"parameter": "id"}),
    Rule(accounts.UnknownAccount, "invalid-token"),  # deleted while its credential was still believed
    Rule(accounts.Busy, "temporary-reduced-capacity", lambda _: {"retry_after": 1}),
    Rule(accounts.MalformedKey, "malformed-key"),
    Rule(accounts.UnknownKey, "unknown-key"),
    Rule(accounts.RevokedKey, "revoked-key"),
    Rule(accounts.ExpiredKey, "expired-key"),
    Rule(accounts.DisabledAccount, "account-disabled"),
    Rule(accounts.AccountsUnavailable, "accounts-unavailable", lambda ex: {"retry_after": ex.retry_after}),
)

KNOWN = (Refusal, *LOST, *(rule.exception for rule in RULES))


def _told(parameter: str, given: object, allowed: object) -> Mapping[str, object]:
    return {"parameter": parameter, "given": given, "allowed": allowed}


def refusal_of(ex: Exception, request: str = "") -> Refusal:
    """Return the refusal that an exception stands for; what no rule knows is our fault."""
    if isinstance(ex, Refusal):
        return ex
    if isinstance(ex, falcon.HTTPNotFound):
        return Refusal("not-found", f"no route answers {request}; GET /openapi.json lists all")
    if isinstance(ex, falcon.HTTPMethodNotAllowed):
        allowed = cast("Mapping[str, str]", ex.headers)["Allow"]
        return Refusal("method-not-allowed", f"no route answers {request}; allowed here: {allowed}", allowed=allowed)
    if isinstance(ex, falcon.HTTPError) and ex.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refusal("bad-request", f"{request}: {ex.description or ex.title}")
    if isinstance(ex, LOST):
        ex = accounts.AccountsUnavailable(retry_after=1)  # SEC what the driver says is no caller's business
    for rule in RULES:
        if isinstance(ex, rule.exception):
            return Refusal(rule.slug, str(ex), **rule.members(ex))  # ty: ignore[invalid-argument-type]
    return Refusal("internal", "something went wrong here; the request id finds it in our log", retry_after=None)


def handle(req: falcon.Request, resp: falcon.Response, ex: Exception, _params: Mapping[str, object]) -> None:
    """Answer with the problem that an exception stands for. This is the outermost handler of a request."""
    refusal = refusal_of(ex, f"{req.method} {req.path}")
    problem, entry = refusal.problem, req.env[ENTRY]
    entry.problem = problem.slug
    if isinstance(ex, InvalidToken):
        entry.why = ex.why
    if problem.slug == "internal":
        told = {"request_id": entry.request_id, "method": entry.known_method, "route": req.uri_template}
        _log.error("request failed", exc_info=ex, extra=told)
    resp.status = problem.status
    resp.content_type = MEDIA
    if isinstance(ex, falcon.HTTPError):
        resp.set_headers(ex.headers or {})  # a 405's Allow
    if refusal.retry_after is not None:
        resp.set_header("Retry-After", str(refusal.retry_after))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        resp.set_header("WWW-Authenticate", _CHALLENGES.get(problem.slug, _CHALLENGE))
    body = body_of(refusal, instance=req.path, request_id=entry.request_id)
    # SEC who puts a key where it does not belong gets it told back, and logs what we answer
    resp.data = _CREDENTIAL.sub(rb"\1...", orjson.dumps({**body, **spoken(req.path, refusal)}))


def body_of(refusal: Refusal, *, instance: str, request_id: str) -> Mapping[str, object]:
    """Return the members of the problem's body."""
    problem = refusal.problem
    return {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": refusal.detail,
        "instance": instance,
        "request_id": request_id,
        **refusal.members,
    }
