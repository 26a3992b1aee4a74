"""The files that pages are made of: our own under `web/site`, and others' that npm has fetched."""

import hashlib
from functools import cache, cached_property, lru_cache
from pathlib import Path

import msgspec

from api.codings import coded

WEB = Path(__file__).parents[2] / "web"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


class Fetched(msgspec.Struct, frozen=True):
    """A file of a package: the name that it is served by, and where npm puts it."""

    name: str
    source: str


CHARTS = "vendor/lightweight-charts.js"
REFERENCE = "vendor/swagger-ui.js"
FETCHED = (
    Fetched(CHARTS, "lightweight-charts/dist/lightweight-charts.standalone.production.mjs"),
    Fetched("vendor/lightweight-charts.txt", "lightweight-charts/LICENSE"),
    Fetched(REFERENCE, "swagger-ui-dist/swagger-ui-bundle.js"),
    Fetched("vendor/swagger-ui.css", "swagger-ui-dist/swagger-ui.css"),
    Fetched("vendor/swagger-ui.txt", "swagger-ui-dist/LICENSE"),
)


class File(msgspec.Struct, frozen=True):
    """A file, and what it is served by."""

    name: str
    path: Path

    @property
    def media(self) -> str:
        """The content type."""
        return TYPES[Path(self.name).suffix]

    @property
    def octets(self) -> bytes:
        """The content."""
        return self.path.read_bytes()


class Site:
    """All files there are, by name, under one digest: modules name each other relatively, so they change together."""

    def __init__(self, web: Path = WEB) -> None:
        self._web = web
        own = {path.relative_to(web / "site").as_posix(): path for path in (web / "site").rglob("*.*")}
        fetched = {one.name: web / "node_modules" / one.source for one in FETCHED}
        found = {name: path for name, path in (own | fetched).items() if path.is_file()}
        self.files = {name: File(name, found[name]) for name in sorted(found)}
        # SEC a name is looked up among these and never made into a path, so none leads elsewhere
        self.missing = tuple(name for name in fetched if name not in found)

    @cached_property
    def digest(self) -> str:
        """Names the content of all files."""
        together = hashlib.blake2b(digest_size=9)
        for name, file in self.files.items():
            together.update(f"{name}\0{len(file.octets)}\0".encode() + file.octets)
        return together.hexdigest()

    def page(self, name: str) -> str:
        """Return a page's text, with places to be filled in."""
        return (self._web / "pages" / f"{name}.html").read_text()


@cache
def site() -> Site:
    """Return the files that this installation has."""
    return Site()


@lru_cache(maxsize=64)
def packed(file: File, coding: str) -> bytes:
    """Return the content under a content coding; PERF kept, as a large script takes some 60 ms."""
    return b"".join(coded(iter((file.octets,)), coding))
