"""`kalpi warehouse sql` and `kalpi warehouse export`: a snapshot's rows on the screen or in a file."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.errors import Refusal, refusing

if TYPE_CHECKING:
    import pyarrow as pa

    from warehouse.home import Home

TABLE = "table"
SHOWN = 50  # rows on the screen

Snapshot = Annotated[str | None, typer.Option(metavar="ID", help="a kept snapshot; by default the served one")]
Out = Annotated[Path | None, typer.Option(help="a file to write to; by default standard output")]


def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="one statement, or - to read it from standard input")],
    snapshot: Snapshot = None,
    form: Annotated[str, typer.Option("--format", help="table, csv, json, parquet or arrow")] = TABLE,
    out: Out = None,
) -> None:
    """Ask a snapshot in SQL, read-only."""
    from warehouse.shell import answer, shell  # noqa: PLC0415

    asked = sys.stdin.read() if query == "-" else query
    form = _known(form, out)
    with _refusing(), shell(_home(), snapshot) as connection:
        _tell(answer(connection, asked), form, out)


def export(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="a table or view, such as daily.momentum")],
    snapshot: Snapshot = None,
    form: Annotated[str, typer.Option("--format", help="parquet, csv, json or arrow")] = "parquet",
    out: Out = None,
) -> None:
    """Write a whole table or view of a snapshot to a file, by default TABLE.FORMAT in the working directory."""
    from warehouse.shell import answer, select_all, shell  # noqa: PLC0415

    target = out or Path(f"{table}.{form}")
    form = _known(form, target)
    with _refusing(), shell(_home(), snapshot) as connection:
        _tell(answer(connection, select_all(connection, table)), form, target)
    typer.echo(str(target))


def _known(form: str, out: Path | None) -> str:
    """Return the format, if it can be written there."""
    from warehouse.formats import BINARY, FORMATS  # noqa: PLC0415

    allowed = tuple(FORMATS) if out else (TABLE, *FORMATS)
    if form not in allowed:
        where = f"for {out}" if out else "here"
        raise Refusal(f"--format {form} is not known {where}; allowed: {', '.join(allowed)}")
    if form in BINARY and out is None and sys.stdout.isatty():
        raise Refusal(f"--format {form} is not for a terminal; give --out FILE")
    return form


def _tell(rows: "pa.RecordBatchReader", form: str, out: Path | None) -> None:
    from warehouse.formats import write, write_file  # noqa: PLC0415

    if form == TABLE:
        _show(rows)
    elif out is None:
        write(rows, form, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        write_file(rows, form, out)


def _show(rows: "pa.RecordBatchReader") -> None:
    from itertools import islice  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    records = (record for batch in rows for record in batch.to_pylist())
    found = list(islice(records, SHOWN + 1))
    table = Table(*rows.schema.names, header_style="bold")
    for record in found[:SHOWN]:
        table.add_row(*map(_cell, record.values()))
    console = Console() if sys.stdout.isatty() else Console(width=10_000)  # a file has no edge to wrap at
    console.print(table, markup=False)
    if len(found) > SHOWN:
        console.print(f"the first {SHOWN} rows; --format csv --out FILE writes all of them", highlight=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _home() -> "Home":
    from warehouse.home import Home  # noqa: PLC0415

    return Home.from_environment()


def _refusing() -> AbstractContextManager[None]:
    from warehouse.formats import Unwritable  # noqa: PLC0415
    from warehouse.sql import SqlError  # noqa: PLC0415

    return refusing(LookupError, SqlError, Unwritable, OSError)
