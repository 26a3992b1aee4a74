"""How pages and their files are answered: no key, no counting, and headers that let a browser load nothing else."""

import hashlib
from collections.abc import Callable
from functools import lru_cache, partial

import falcon

from api.codings import accepted
from api.pages.guides import HERE, Guides
from api.pages.layout import PAGES, Layout
from api.pages.site import TYPES, Site, packed
from api.reply import coded_tag, known

# SEC no inline script and no other host; images may be data, as Swagger UI's style sheet draws its arrows so
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_DRAWING = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"
}  # charts have their style inside
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_OF_A_BODY = {"Content-Type", "Content-Encoding"}
_HTML = "text/html; charset=utf-8"
ASSETS = "/web/{digest}/{name:path}"


class PageResource:
    """Answers a page, which is written when it is first asked for."""

    def __init__(self, octets: Callable[[], bytes]) -> None:
        self._octets = lru_cache(maxsize=1)(octets)

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer with the page."""
        _show(req, resp, self._octets(), _HTML)

    on_head = on_get


class FrontDoorResource:
    """Leads who has typed in the host alone to a page."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Answer with the explorer's address."""
        resp.set_headers({**HEADERS, "Cache-Control": _ASK_AGAIN, "Location": PAGES[-1].path})
        resp.status = falcon.HTTP_302

    on_head = on_get


class GuideResource:
    """Answers a guide, or a chart in one."""

    def __init__(self, layout: Layout, guides: Guides) -> None:
        self._guide = lru_cache(maxsize=64)(layout.guide)
        self._guides = guides

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """Answer with a guide of that name."""
        path = self._guides.files.get(name)
        if path is None:
            raise falcon.HTTPNotFound
        if path.suffix == ".svg":
            _show(req, resp, path.read_bytes(), TYPES[".svg"], _DRAWING)
        else:
            _show(req, resp, self._guide(name), _HTML)

    on_head = on_get


class AssetResource:
    """Answers a file of the site."""

    def __init__(self, files: Site) -> None:
        self._files = files

    def on_get(self, req: falcon.Request, resp: falcon.Response, digest: str, name: str) -> None:
        """Answer with a file; under another digest, as while versions change, with ours for this once."""
        file = self._files.files.get(name)
        if file is None:
            raise falcon.HTTPNotFound
        keeping = _FOR_EVER if digest == self._files.digest else _ASK_AGAIN
        headers = {"Content-Type": file.media, "Cache-Control": keeping}
        tag, coding = f'"{self._files.digest}"', accepted(req.env.get("HTTP_ACCEPT_ENCODING"))
        if coding:
            _answer(req, resp, packed(file, coding), coded_tag(tag, coding), headers | {"Content-Encoding": coding})
        else:
            _answer(req, resp, file.octets, tag, headers)

    on_head = on_get


def add_pages(app: falcon.App, files: Site) -> None:
    """Route the pages and their files."""
    guides = Guides()
    layout = Layout(files, guides)
    app.add_route("/", FrontDoorResource())
    for page in PAGES:
        app.add_route(page.path, PageResource(partial(layout.page, page)))
    app.add_route(f"{HERE}/{{name:path}}", GuideResource(layout, guides))
    app.add_route(ASSETS, AssetResource(files))


def _show(
    req: falcon.Request, resp: falcon.Response, octets: bytes, media: str, more: dict[str, str] | None = None
) -> None:
    tag = f'"{hashlib.blake2b(octets, digest_size=9).hexdigest()}"'
    _answer(req, resp, octets, tag, {"Content-Type": media, "Cache-Control": _ASK_AGAIN, **(more or {})})


def _answer(req: falcon.Request, resp: falcon.Response, octets: bytes, tag: str, headers: dict[str, str]) -> None:
    """Answer, or tell a caller who has it already that it still holds."""
    told = {**HEADERS, **headers, "ETag": tag}
    if known(tag, req.env.get("HTTP_IF_NONE_MATCH")):
        resp.set_headers({name: value for name, value in told.items() if name not in _OF_A_BODY})
        resp.status = falcon.HTTP_304
        return
    resp.set_headers(told)
    resp.data = octets
