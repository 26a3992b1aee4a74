"""How every route answers: who asks, what is asked, is there quota, and only then the work."""

import falcon

from api import meter
from api.access import admit
from api.accounts.lookup import Principal
from api.desk import Deps, Desk
from api.endpoint import PUBLIC, Endpoint
from api.gate.rules import OPEN
from api.limits import Verdict
from api.questions import read, read_body
from api.reply import Reply, same


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
            reply = self._reply(req, path, None)
            _finish(resp, reply, reply.render(), known=same(reply.tag, req.env.get("HTTP_IF_NONE_MATCH")))
            return
        principal = admit(req.env, self._deps.keys, self._deps.tokens, self._deps.gate)
        try:
            reply = self._reply(req, path, principal)
        except Exception:
            self._count(resp, principal, 0)
            raise
        known = same(reply.tag, req.env.get("HTTP_IF_NONE_MATCH"))
        price = self._endpoint.price if reply.price is None else reply.price
        verdict = self._count(resp, principal, 0 if known else price)
        try:
            _finish(resp, reply, b"" if known else reply.render(), known=known)
        except Exception:
            refunded = self._deps.quotas.refund(principal.account_id, verdict)
            resp.set_headers(meter.headers(refunded, principal.tier))
            raise

    def _reply(self, req: falcon.Request, path: dict[str, str], principal: Principal | None) -> Reply:
        endpoint = self._endpoint
        question = read_body(endpoint.question, req) if endpoint.has_body else read(endpoint.question, path, req.params)
        return endpoint.answers(question, Desk(self._deps, principal, req.context.request_id))

    def _count(self, resp: falcon.Response, principal: Principal, cost: int) -> Verdict:
        tier = principal.tier
        verdict = self._deps.quotas.take(principal.account_id, tier, cost)
        resp.set_headers(meter.headers(verdict, tier))
        if not verdict.allowed:
            raise meter.exceeded(verdict, tier)
        return verdict


def _finish(resp: falcon.Response, reply: Reply, body: bytes, *, known: bool) -> None:
    if reply.tag is not None:
        resp.set_header("ETag", reply.tag)
    if known:
        resp.status = "304 Not Modified"
        return
    resp.status = reply.status
    resp.data = body
