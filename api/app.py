"""The application: routes, errors and the few headers that every answer bears."""

import re
import time
from collections.abc import Callable, Generator, Iterable
from types import SimpleNamespace
from typing import Any

import falcon

from api import errors
from api.access import refuse_key_in_query
from api.audit.entry import ENTRY, Entry
from api.audit.refusals import Refusals
from api.compat import credentials
from api.compat.dialects import PREFIX
from api.desk import Deps
from api.endpoint import Endpoint
from api.pages import Site, add_pages, site
from api.questions import MAX_BODY, too_large
from api.reply import TOLD
from api.responder import Responder
from api.routes import ENDPOINTS
from api.tokens import claims as tokens
from api.tokens.resource import RevocationResource, TokenResource

_REQUEST_ID = re.compile(r"(?!kalpi_)[A-Za-z0-9_-]{8,64}")  # SEC keys and refresh tokens begin so: none is logged
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",  # keep it, and ask whether it still holds: then it costs nothing of the day
    "Vary": "X-API-Key, Authorization, Accept, Accept-Encoding",
}
EXPOSED = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Cache-Status", "X-Request-Id", *TOLD.values())


class Application(falcon.App):
    """Falcon's application, which logs each request once its answer is made: also what no route and no code foresaw."""

    def __init__(self, deps: Deps, no_store: frozenset[str]) -> None:
        super().__init__(middleware=[Frame(deps, no_store)])
        self._new_request_id = deps.new_request_id
        self._client = deps.gate.proxies.client
        self._log = deps.requests.add
        self._refusals = Refusals(deps.events)

    def __call__(self, env: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()
        given = env.get("HTTP_X_REQUEST_ID")
        # SEC a caller's id goes into our log, so only what cannot be mistaken for anything else
        request_id = given if given and _REQUEST_ID.fullmatch(given) else self._new_request_id()
        traceparent = env.get("HTTP_TRACEPARENT")
        entry = Entry(start_response, request_id, self._client(env), env["REQUEST_METHOD"], traceparent, began)
        env[ENTRY] = entry
        try:
            body = falcon.App.__call__(self, env, entry.start)
        except Exception:
            self._log(entry, 0)
            raise
        if entry.problem is not None:
            self._refusals.note(entry)
        if type(body) is not list:
            return self._streamed(body, entry)
        self._log(entry, sum(map(len, body)))
        return body

    def _streamed(self, body: Iterable[bytes], entry: Entry) -> Generator[bytes]:
        octets = 0
        try:
            for part in body:
                octets += len(part)
                yield part
        finally:  # also when the client has gone away
            self._log(entry, octets)
            if end := getattr(body, "close", None):
                end()


class Frame:
    """What every request goes through before it is routed, and every answer before it leaves."""

    def __init__(self, deps: Deps, no_store: frozenset[str]) -> None:
        self._no_store = no_store
        self._takes_keys_in_queries = deps.settings.compat_keys_in_query
        self._headers = _ALWAYS | ({"Vary": f"{_ALWAYS['Vary']}, Origin"} if deps.settings.cors_origins else {})

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Put the headers on that hold unless a page has others; refuse keys in the address and large bodies."""
        resp.set_headers(self._headers)
        if req.path.startswith(PREFIX):
            credentials.lift(req, from_query=self._takes_keys_in_queries)
        if req.query_string:
            refuse_key_in_query(req.params)
        if (req.content_length or 0) > MAX_BODY:
            raise too_large()

    def process_response(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        resource: object,  # noqa: ARG002 - Falcon's own names and order
        req_succeeded: bool,  # noqa: ARG002, FBT001
    ) -> None:
        """Name the request, and forbid to keep what was changed or made."""
        entry = req.env[ENTRY]
        entry.route = req.uri_template
        resp.set_header("X-Request-Id", entry.request_id)
        if entry.route in self._no_store:
            resp.set_header("Cache-Control", "no-store")


def create_app(deps: Deps, endpoints: tuple[Endpoint, ...] = ENDPOINTS, *, files: Site | None = None) -> falcon.App:
    """Return the WSGI application, with pages of our own files unless of others. It reads no environment."""
    changing = (one.path for one in endpoints if one.acts)
    app = Application(deps, frozenset({*changing, tokens.PATH, tokens.REVOKE_PATH}))
    if origins := deps.settings.cors_origins:
        allowed = "*" if "*" in origins else origins
        app.add_middleware(falcon.CORSMiddleware(allow_origins=allowed, expose_headers=EXPOSED))
    app.add_error_handler(Exception, errors.handle)
    app.add_error_handler(falcon.HTTPError, errors.handle)
    for path in dict.fromkeys(one.path for one in endpoints):
        app.add_route(path, _resource([one for one in endpoints if one.path == path], deps))
    app.add_route(tokens.PATH, TokenResource(deps))
    app.add_route(tokens.REVOKE_PATH, RevocationResource(deps))
    add_pages(app, files or site())
    return app


def _resource(endpoints: list[Endpoint], deps: Deps) -> SimpleNamespace:
    """Return what Falcon takes for a resource: one responder for each method, and HEAD wherever there is GET."""
    responders = {f"on_{one.method.lower()}": Responder(one, deps) for one in endpoints}
    if get := responders.get("on_get"):
        responders["on_head"] = get
    return SimpleNamespace(**responders)
