"""The pages of `docs/` as HTML: /docs/api-clients, /docs/indicators, /docs/indicators/rsi, and the charts in them."""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any

from api.pages.site import WEB

if TYPE_CHECKING:
    from markdown_it.token import Token

HERE = "/docs"
_PLACES = (WEB / "docs", WEB.parent / "docs")  # as installed, and in a checkout
_NOT_A_WORD = re.compile(r"[^\w]+")


class Guides:
    """Pages and charts by name: a page's is its path without `.md`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or next((place for place in _PLACES if place.is_dir()), _PLACES[0])

    @cached_property
    def files(self) -> dict[str, Path]:
        """All there are. SEC a name is looked up among these and never made into a path."""
        found = [path for part in ("", "indicators") for path in sorted((self._folder / part).glob("*.*"))]
        named = {path.relative_to(self._folder).as_posix(): path for path in found}
        return {name.removesuffix(".md"): path for name, path in named.items() if name.endswith((".md", ".svg"))}

    @cached_property
    def titles(self) -> dict[str, str]:
        """The pages that are no indicator's, with their titles."""
        return {name: self.title(name) for name, path in self.files.items() if "/" not in name and path.suffix == ".md"}

    def title(self, name: str) -> str:
        """Return a page's first heading."""
        return self.files[name].read_text().partition("\n")[0].lstrip("# ")

    def links(self) -> str:
        """Return links to these pages."""
        return "\n".join(f'<a href="{HERE}/{name}">{escape(title)}</a>' for name, title in self.titles.items())

    def html(self, name: str) -> str:
        """Return a page's content."""
        return _html(self, name)

    def tokens(self, name: str) -> tuple["Token", ...]:
        """Return a page as Markdown is parsed: links lead to pages here or nowhere, headings can be linked to."""
        tokens = _markdown().parse(self.files[name].read_text())
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if token.type == "heading_open" and following is not None:
                token.attrSet("id", _NOT_A_WORD.sub("-", following.content.lower()).strip("-"))
            for inner in token.children or ():
                self._lead(inner, name)
        return tuple(tokens)

    def _lead(self, token: "Token", name: str) -> None:
        attribute = {"link_open": "href", "image": "src"}.get(token.type)
        target = str(token.attrGet(attribute) or "") if attribute else ""
        if attribute is None or target.startswith(("#", "http:", "https:")):
            return
        path, _, place = target.partition("#")
        other = normpath(join(dirname(name), path)).removesuffix(".md")
        if other in self.files:
            token.attrSet(attribute, f"{HERE}/{other}" + (f"#{place}" if place else ""))
        else:
            token.attrs.pop(attribute)  # of the repository, and not served


@lru_cache(maxsize=64)
def _html(guides: Guides, name: str) -> str:
    markdown = _markdown()
    return markdown.renderer.render(list(_wrapped(guides.tokens(name))), markdown.options, {})


def _wrapped(tokens: tuple["Token", ...]) -> Iterator["Token"]:
    """Yield tokens with each table in a part that can be scrolled, as some are wider than a phone."""
    for token in tokens:
        if token.type == "table_open":
            yield _raw('<div class="scroll" tabindex="0" role="region" aria-label="Table">')
        yield token
        if token.type == "table_close":
            yield _raw("</div>")


def _raw(html: str) -> "Token":
    from markdown_it.token import Token  # noqa: PLC0415

    return Token("html_block", "", 0, content=html)


@lru_cache(maxsize=1)
def _markdown() -> Any:  # noqa: ANN401
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a tenth of a second, for those who read

    return MarkdownIt("commonmark").enable("table")
