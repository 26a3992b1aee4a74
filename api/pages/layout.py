"""Pages put together: a file of `web/pages`, with the header that all have and the places filled in."""

import html
from string import Template

import msgspec

from api.pages.guides import Guides
from api.pages.site import CHARTS, REFERENCE, Site

_SHARED = ("api.js", "combobox.js", "dom.js", "key.js")
_SEEN = '<p><a href="/explore#i={indicator}">See it in the explorer</a></p>'
_NOTICE = (
    '<p class="notice">$without Whoever runs this server can fetch it: <code>make web</code>, and start again.</p>'
)


class Page(msgspec.Struct, frozen=True):
    """A page: where it is, its file, and what it can't do without a fetched file."""

    path: str
    name: str
    needs: str
    without: str


PAGES = (
    Page("/docs", "docs", REFERENCE, "Swagger UI, which shows /openapi.json, is not installed."),
    Page("/explore", "explore", CHARTS, "Lightweight Charts, which draws, is not installed; the table has the values."),
)


class Layout:
    """Writes pages of one set of files."""

    def __init__(self, files: Site, guides: Guides) -> None:
        self._files = files
        self._guides = guides

    def page(self, page: Page) -> bytes:
        """Return a page."""
        notice = Template(_NOTICE).substitute(without=page.without) if page.needs in self._files.missing else ""
        return self._filled(page.name, notice=notice, preload=self._preload(page))

    def guide(self, name: str) -> bytes:
        """Return a guide that there is."""
        title = html.escape(self._guides.title(name).replace("`", ""))
        folder, _, indicator = name.rpartition("/")
        link = _SEEN.format(indicator=indicator) if folder == "indicators" else ""
        return self._filled("guide", title=title, content=self._guides.html(name) + link)

    def _filled(self, name: str, **places: str) -> bytes:
        known = {"assets": f"/web/{self._files.digest}", "guides": self._guides.links(), "notice": ""} | places
        current = {one: ' aria-current="page"' if one == name else "" for one in ("docs", "explore", "guide")}
        header = Template(self._files.page("header")).substitute(known, **current)
        return Template(self._files.page(name)).substitute(known, header=header).encode()

    def _preload(self, page: Page) -> str:
        """Return links to the page's modules, so that a browser need not find one in the other."""
        own = (name for name in self._files.files if name.endswith(".js") and name.startswith(f"{page.name}/"))
        root = f"/web/{self._files.digest}"
        return "\n".join(f'<link rel="modulepreload" href="{root}/{name}">' for name in (*_SHARED, *own))
