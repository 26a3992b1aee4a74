"""Plots for Dagster's page: small SVG documents, which Markdown takes as images in their own text."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

import dagster as dg

ROW, TEXT, NUMBERS = 18, 150, 60
WIDTH = 900
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#454c56}.t{font-weight:600}.b{fill:#4f43dd}"
    "@media(prefers-color-scheme:dark){text{fill:#c3c9d2}.b{fill:#8f88ff}}"
)
SHADES: Mapping[str, tuple[float, str]] = {  # by the least share that they stand for
    "all": (1.0, "#2e9e6b"),
    "95 %": (0.95, "#a5c86a"),
    "75 %": (0.75, "#f0c24a"),
    "some": (1e-9, "#e8743b"),
    "none": (0.0, "#c02942"),
}


def image(svg: str, told: str) -> dg.MetadataValue:
    """Return a plot as metadata; `told` stands for it where images are not shown."""
    return dg.MetadataValue.md(f"![{told}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})")


def bars(title: str, values: Mapping[str, float], unit: str) -> str:
    """Return horizontal bars, each with its name on the left and its value on the right."""
    scale = (WIDTH - TEXT - NUMBERS) / (max(values.values(), default=0.0) or 1.0)
    return _document(title, len(values), (_bar(at, *each, unit, scale) for at, each in enumerate(values.items())))


def _bar(at: int, name: str, value: float, unit: str, scale: float) -> str:
    top, length = _top(at), max(1.0, value * scale)
    return (
        f'{_label(at, name)}<rect class="b" x="{TEXT}" y="{top + 3}" width="{length:.1f}" height="{ROW - 6}" rx="2"/>'
        f'<text x="{TEXT + length + 6:.1f}" y="{top + 13}">{value:.2f} {unit}</text>'
    )


def heat_map(title: str, shares: Mapping[str, Sequence[float | None]], columns: Sequence[str]) -> str:
    """Return a row for each name and a cell for each column, shaded by a share from 0 to 1; None leaves it empty.

    Cells of one shade that stand side by side are one rectangle, so that rows without gaps cost a few bytes.
    """
    cell = (WIDTH - TEXT) / max(1, len(columns))
    rows = (f"{_label(at, name)}{''.join(_cells(at, row, cell))}" for at, (name, row) in enumerate(shares.items()))
    return _document(title, len(shares) + 2, [*rows, *_axis(len(shares), columns, cell), *_legend(len(shares) + 1)])


def _cells(at: int, shares: Sequence[float | None], cell: float) -> Iterator[str]:
    place = 0
    for colour, same in groupby(map(_shade, shares)):
        count = len(list(same))
        if colour:
            x, width = TEXT + place * cell, count * cell
            yield f'<rect x="{x:.1f}" y="{_top(at) + 2}" width="{width:.1f}" height="{ROW - 4}" fill="{colour}"/>'
        place += count


def _shade(share: float | None) -> str:
    return "" if share is None else next(colour for least, colour in SHADES.values() if share >= least)


def _axis(row: int, columns: Sequence[str], cell: float) -> Iterator[str]:
    step = max(1, -(-len(columns) // 12))
    for at in range(0, len(columns), step):
        yield f'<text x="{TEXT + at * cell:.1f}" y="{_top(row) + 13}">{escape(columns[at])}</text>'


def _legend(row: int) -> Iterator[str]:
    for at, (name, (_, colour)) in enumerate(SHADES.items()):
        x = TEXT + at * 80
        yield f'<rect x="{x}" y="{_top(row) + 4}" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{x + 15}" y="{_top(row) + 13}">{name}</text>'


def _label(at: int, name: str) -> str:
    return f'<text x="{TEXT - 8}" y="{_top(at) + 13}" text-anchor="end">{escape(name)}</text>'


def _top(row: int) -> int:
    return ROW * (row + 1) + 6


def _document(title: str, rows: int, parts: Sequence[str] | Iterator[str]) -> str:
    height = _top(rows) + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f'<style>{_STYLE}</style><text class="t" x="0" y="13">{escape(title)}</text>{"".join(parts)}</svg>'
    )
