"""The reference pages under docs/, written from what the code declares: `python -m kalpi.reference [--check]`."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import indicators
from api.problems import PROBLEMS
from dbt_like_sql import project as sql_project
from indicators import Indicator
from pipelines import steps
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, RAW_ACTIONS, RAW_BARS, Table
from warehouse.publish import CHECKS

DOCS = Path(__file__).parents[1] / "docs"
NOTE = "<!-- written by `make docs` from the code; change it there -->\n"


def pages() -> dict[str, str]:
    """Return every generated page by its name under docs/."""
    return {
        "indicators.md": "\n".join(_indicators()),
        "problems.md": "\n".join(_problems()),
        "tables.md": "\n".join(_tables()),
    }


def _indicators() -> Iterator[str]:
    yield f"# Indicators\n\n{NOTE}"
    yield f"{len(indicators.catalogue())} indicators; {len(indicators.stored_columns())} columns are stored.\n"
    for family in indicators.FAMILIES:
        yield f"## {family.capitalize()}\n"
        for kind in indicators.catalogue():
            if kind.family == family:
                yield from _indicator(kind)


def _indicator(kind: type[Indicator]) -> Iterator[str]:
    told = indicators.describe(kind)
    yield f"### {told.title} (`{told.id}`)\n"
    yield f"{told.meaning} Source: {told.source}.\n"
    if told.formula:
        yield f"Formula: {told.formula}.\n"
    if told.parameters:
        yield from _table(
            ("parameter", "default", "allowed", "meaning"),
            (
                (f"`{p.name}`", p.default, ", ".join(p.choices) or f"{p.minimum:g} to {p.maximum:g}", p.description)
                for p in told.parameters
            ),
        )
    yield from _table(
        ("output", "unit", "range", "meaning"),
        ((f"`{o.name}`", o.unit, _range(o.minimum, o.maximum), o.description) for o in told.outputs),
    )
    if told.elsewhere:
        yield f"Elsewhere: {'; '.join(map(_elsewhere, told.elsewhere))}.\n"
    columns = _listed(f"`{name}`" for name in told.stored)
    yield f"Memory: {_memory(told)}. Warm-up at the defaults: {told.lookback} bars. Stored: {columns}.\n"


def _elsewhere(one: indicators.Elsewhere) -> str:
    given = ", ".join(name if value is None else f"{name} {value}" for name, value in one.defaults.items())
    return f"{one.system} `{one.name}`{f' ({given})' if given else ''}"


def _memory(told: indicators.Entry) -> str:
    match told.memory, told.settles_after:
        case "convergent", None:
            return "convergent, no bound known"
        case "convergent", bars:
            return f"convergent, to a millionth within {bars} bars"
    return told.memory


def _problems() -> Iterator[str]:
    yield f"# Problems\n\n{NOTE}"
    yield "Every error of the API is one of these types (RFC 9457), at `/problems/<type>`.\n"
    yield from _table(
        ("type", "status", "title", "what to do"), ((f"`{p.slug}`", p.status, p.title, p.meaning) for p in PROBLEMS)
    )


def _tables() -> Iterator[str]:
    yield f"# Tables\n\n{NOTE}"
    yield "What a snapshot's DuckDB file holds. The same words are comments in the file.\n"
    contracts = (RAW_BARS, RAW_ACTIONS, DAILY_BARS, DAILY_BARS_ADJUSTED)
    for table in (*contracts, *map(steps.family_table, steps.FAMILIES), CHECKS):
        yield from _contract(table)
    for model in sql_project.load().models:
        made_of = _listed(f"`{name}`" for name in model.depends_on)
        yield f"## {model.relation}\n\n{model.description} Made of {made_of}.\n"
        yield from _table(("column", "meaning"), ((f"`{name}`", text) for name, text in model.columns.items()))


def _contract(table: Table) -> Iterator[str]:
    grain = f" One row for each {', '.join(table.key)}." if table.key else ""
    yield f"## {table.name}\n\n{table.description}{grain}\n"
    yield from _table(
        ("column", "type", "unit", "meaning"),
        ((f"`{column.name}`", column.type, column.unit, column.description) for column in table.columns),
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "no"


def _range(minimum: float | None, maximum: float | None) -> str:
    if minimum is None and maximum is None:
        return "any"
    if maximum is None:
        return f"{minimum:g} or more"
    return f"{minimum:g} to {maximum:g}" if minimum is not None else f"{maximum:g} or less"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |\n|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"
    yield ""


def main() -> int:
    """Write the pages, or with `--check` tell which are out of date."""
    stale = [name for name, text in pages().items() if not (DOCS / name).exists() or (DOCS / name).read_text() != text]
    if "--check" in sys.argv:
        for name in stale:
            sys.stderr.write(f"docs/{name} is out of date; run make docs\n")
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(pages()[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
