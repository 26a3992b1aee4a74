"""Markdown's tables and lists, as all generated pages write them."""

from collections.abc import Iterable, Iterator

NOTE = "<!-- written by `make docs` from the code; change it there -->\n"


def table(headings: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """Yield the lines of a table, and an empty one."""
    yield f"| {' | '.join(headings)} |\n|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"
    yield ""


def listed(names: Iterable[str]) -> str:
    """Return the names as code, or `no` if there is none."""
    return ", ".join(f"`{name}`" for name in names) or "no"


def page(lines: Iterable[str]) -> str:
    """Return the lines as one text that ends as a file should."""
    return "\n".join(lines).rstrip("\n") + "\n"
