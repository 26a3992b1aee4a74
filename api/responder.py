"""How every route answers: who asks, what is asked, is there quota, and only then the work."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import cast

import falcon
import msgspec

from api import dry_run, meter
from api.access import admit, require_route, without_scope
from api.accounts.lookup import Principal
from api.audit.entry import ENTRY
from api.bodies import Streamed, send
from api.desk import Deps, Desk
from api.endpoint import PUBLIC, Endpoint
from api.formats import USUAL, Form, choice
from api.gate.rules import OPEN
from api.limits import Verdict
from api.questions import read, read_body, refuse_query
from api.reply import Reply, known


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
            _finish(req, resp, reply, known(reply.tag, req.env.get("HTTP_IF_NONE_MATCH")))
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
        except Exception:
            running.leave(principal.account_id)
            raise
        if resp.stream is None:
            running.leave(principal.account_id)
        else:
            pieces = cast("Iterable[bytes]", resp.stream)
            resp.stream = Streamed(pieces, partial(running.leave, principal.account_id))

    def _answer(self, req: falcon.Request, resp: falcon.Response, path: dict[str, str], principal: Principal) -> None:
        if self._endpoint.acts:  # a refused one must have done nothing
            self._count(req, resp, principal, 0)
            _finish(req, resp, self._reply(req, path, req.params, principal), None)
            return
        params, form, dry = req.params, USUAL, False
        try:
            if dry_run.NAME in params:
                dry = dry_run.wanted(params[dry_run.NAME])
                params = _without(params, dry_run.NAME)
            if self._endpoint.has_rows:
                form = choice.chosen(params, req.env.get("HTTP_ACCEPT"))
                params = _without(params, *choice.NAMES)
            reply = self._reply(req, path, params, principal, form)
        except Exception:
            if not dry:
                self._count(req, resp, principal, 0)
            raise
        had = known(reply.tag, req.env.get("HTTP_IF_NONE_MATCH"))
        price = 0 if had else (reply.price if reply.price is not None else self._endpoint.price) or 0
        if dry:
            self._tell(resp, principal, price)
            return
        verdict = self._count(req, resp, principal, price)
        try:
            _finish(req, resp, reply, had)
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
        form: Form = USUAL,
    ) -> Reply:
        endpoint = self._endpoint
        desk = Desk(self._deps, principal, req.env[ENTRY], req.env, form)
        if principal and endpoint.scope and endpoint.scope not in principal.scopes:
            raise without_scope(endpoint.scope, desk)
        if endpoint.has_body:
            refuse_query(params)
            question = read_body(endpoint.question, req, path)
        else:
            question = read(endpoint.question, path, params)
        if (
            principal
            and endpoint.price
            and (principal.tier.endpoints is not None or principal.tier.formats is not None)
        ):
            require_route(endpoint.group, form.format.name, desk)
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


def _finish(req: falcon.Request, resp: falcon.Response, reply: Reply, had: str | None) -> None:
    """Send an answer, or that the caller's own, known by the tag that he `had`, still holds."""
    if had is None:
        send(req, resp, reply)
        return
    req.env[ENTRY].cache = "revalidated"
    resp.set_header("ETag", had)
    resp.status = "304 Not Modified"


def _without(params: Mapping[str, str | list[str]], *names: str) -> Mapping[str, str | list[str]]:
    return {name: value for name, value in params.items() if name not in names}
