"""How every route answers: who asks, what is asked, is there quota, and only then the work."""

from collections.abc import Mapping

import falcon
import msgspec

from api import dry_run, meter
from api.access import admit, require_route, without_scope
from api.accounts.lookup import Principal
from api.audit.entry import ENTRY
from api.desk import Deps, Desk
from api.endpoint import PUBLIC, Endpoint
from api.gate.rules import OPEN
from api.limits import Verdict
from api.questions import read, read_body, refuse_query
from api.reply import Reply, same

FORMAT = "json"
"""What all routes answer in."""


class Responder:
    """Answers one endpoint.

    A question is resolved before it is counted: resolving costs less than counting, and what ends there (a mistake of
    the caller, an answer he has already) costs one request of the minute and nothing of the day, without a refund.
    """

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._endpoint = endpoint
        self._deps = deps

    def __call__(self, req: falcon.Request, resp: falcon.Response, **path: str) -> None:
        """Answer a request, or raise what `errors.handle` turns into a problem."""
        if self._endpoint.price is PUBLIC:
            if not self._endpoint.is_probe:
                self._deps.gate.count(req.env, OPEN)
            reply = self._reply(req, path, req.params, None)
            _finish(req, resp, reply, reply.render(), known=same(reply.tag, req.env.get("HTTP_IF_NONE_MATCH")))
            return
        principal = admit(req.env, self._deps.keys, self._deps.tokens, self._deps.gate)
        req.env[ENTRY].caller = principal
        allowed = principal.tier.concurrent_requests
        if allowed is None:
            self._answer(req, resp, path, principal)
            return
        running = self._deps.running
        if not running.enter(principal.account_id, allowed):
            raise meter.too_many(allowed, principal.tier)
        try:
            self._answer(req, resp, path, principal)
        finally:
            running.leave(principal.account_id)

    def _answer(self, req: falcon.Request, resp: falcon.Response, path: dict[str, str], principal: Principal) -> None:
        if self._endpoint.acts:  # a refused one must have done nothing
            self._count(req, resp, principal, 0)
            reply = self._reply(req, path, req.params, principal)
            _finish(req, resp, reply, reply.render(), known=False)
            return
        params, dry = req.params, False
        try:
            if dry_run.NAME in params:
                dry = dry_run.wanted(params[dry_run.NAME])
                params = {name: value for name, value in params.items() if name != dry_run.NAME}
            reply = self._reply(req, path, params, principal)
        except Exception:
            if not dry:
                self._count(req, resp, principal, 0)
            raise
        known = same(reply.tag, req.env.get("HTTP_IF_NONE_MATCH"))
        price = 0 if known else (reply.price if reply.price is not None else self._endpoint.price) or 0
        if dry:
            self._tell(resp, principal, price)
            return
        verdict = self._count(req, resp, principal, price)
        try:
            _finish(req, resp, reply, b"" if known else reply.render(), known=known)
        except Exception:
            refunded = self._deps.quotas.refund(principal.account_id, verdict)
            req.env[ENTRY].verdict = refunded
            resp.set_headers(meter.headers(refunded, principal.tier))
            raise

    def _reply(
        self,
        req: falcon.Request,
        path: dict[str, str],
        params: Mapping[str, str | list[str]],
        principal: Principal | None,
    ) -> Reply:
        endpoint = self._endpoint
        desk = Desk(self._deps, principal, req.env[ENTRY], req.env)
        if principal and endpoint.scope and endpoint.scope not in principal.scopes:
            raise without_scope(endpoint.scope, desk)
        if endpoint.acts and endpoint.has_body:
            refuse_query(params)
        body = endpoint.has_body
        question = read_body(endpoint.question, req, path) if body else read(endpoint.question, path, params)
        if (
            principal
            and endpoint.price
            and (principal.tier.endpoints is not None or principal.tier.formats is not None)
        ):
            require_route(endpoint.group, FORMAT, desk)
        return endpoint.answers(question, desk)

    def _tell(self, resp: falcon.Response, principal: Principal, price: int) -> None:
        verdict = self._deps.quotas.look(principal.account_id, principal.tier)
        resp.set_headers(meter.headers(verdict, principal.tier))
        resp.data = msgspec.json.encode(dry_run.cost_of(price, verdict))

    def _count(self, req: falcon.Request, resp: falcon.Response, principal: Principal, cost: int) -> Verdict:
        tier = principal.tier
        verdict = self._deps.quotas.take(principal.account_id, tier, cost)
        req.env[ENTRY].verdict = verdict
        resp.set_headers(meter.headers(verdict, tier))
        if not verdict.allowed:
            raise meter.exceeded(verdict, tier)
        return verdict


def _finish(req: falcon.Request, resp: falcon.Response, reply: Reply, body: bytes, *, known: bool) -> None:
    if reply.tag is not None:
        resp.set_header("ETag", reply.tag)
    if known:
        req.env[ENTRY].cache = "revalidated"
        resp.status = "304 Not Modified"
        return
    resp.status = reply.status
    resp.data = body
