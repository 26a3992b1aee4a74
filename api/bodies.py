"""How a rendered answer is sent: whole with its length, or piece by piece once it is large; compressed if it may be."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import falcon

from api.codings import LEAST, accepted, coded
from api.formats import JSON
from api.reply import Body, Reply, coded_tag

LARGE = 1_000_000  # bytes that are held before an answer is streamed; also about the most that one piece has


class Streamed:
    """Pieces of a body; what is to be done when they are all sent is done also when the client goes away before."""

    def __init__(self, pieces: Iterable[bytes], then: Callable[[], None]) -> None:
        self._pieces = pieces
        self._then = then
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        """End; whoever sends a body calls this."""
        if self._is_open:
            self._is_open = False
            self._then()


def send(req: falcon.Request, resp: falcon.Response, reply: Reply) -> None:
    """Render a reply, and put it into the response."""
    rendered = reply.render()
    body = rendered if isinstance(rendered, Body) else Body(rendered)
    resp.status, form = reply.status, reply.form.format
    if form is not JSON:
        resp.content_type = form.content_type
        resp.set_headers(dict(body.headers))
    octets, rest = (body.octets, None) if isinstance(body.octets, bytes) else _begun(body.octets)
    coding = None if form.is_packed or len(octets) < LEAST else accepted(req.env.get("HTTP_ACCEPT_ENCODING"))
    if reply.tag is not None:
        resp.set_header("ETag", coded_tag(reply.tag, coding) if coding else reply.tag)
    if coding:
        resp.set_header("Content-Encoding", coding)
    if rest is None:
        resp.data = b"".join(coded(iter((octets,)), coding)) if coding else octets
    elif req.method != "HEAD":
        pieces = chain((octets,), rest)
        resp.stream = coded(pieces, coding) if coding else pieces


def _begun(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """Return an answer's first part and what follows, None if nothing does."""
    parts, size = [], 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > LARGE:
            return b"".join(parts), pieces
    return b"".join(parts), None
