"""How commands show what they found: tables for people, JSON for programs."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="answer in JSON")]
Row = dict[str, object]


def show(rows: Sequence[Row], *, json: bool) -> None:
    """Show records that have the same fields."""
    if json:
        _write_json(rows)
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(*(rows[0] if rows else ("none",)), header_style="bold", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(_cell, row.values()))
    console = Console() if sys.stdout.isatty() else Console(width=10_000)  # a file has no edge to wrap at
    console.print(table, markup=False)


def tell(row: Row, *, json: bool) -> None:
    """Show one record."""
    if json:
        _write_json(row)
        return
    width = max(map(len, row)) + 1
    typer.echo("\n".join(f"{name:<{width}} {_cell(value)}" for name, value in row.items()))


def _write_json(value: object) -> None:
    import msgspec  # noqa: PLC0415

    typer.echo(msgspec.json.encode(value).decode())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (set, frozenset, list, tuple)):
        return ", ".join(sorted(map(str, value))) or "-"
    return str(value)
