"""How much of what the exchanges traded is there: a row for each symbol, and one for each session that is missing."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from warehouse.contracts import SYMBOL, Column, Table
from warehouse.parts import open_batch
from warehouse.snapshots import SERVING

NOT_DELIVERED = "not-delivered"

COVERAGE = Table(
    name="meta.coverage",
    description="Bars expected by the exchange's calendar against bars that are there, from first to last bar.",
    columns=(
        SYMBOL,
        Column("calendar", "varchar", "the trading calendar that says which sessions there were"),
        Column("first_session", "date", "the first bar"),
        Column("last_session", "date", "the last bar"),
        Column("expected", "bigint", "sessions from the first bar to the last", unit="sessions"),
        Column("present", "bigint", "of these, sessions with a bar", unit="sessions"),
        Column("missing", "bigint", "of these, sessions without one", unit="sessions"),
        Column("missing_half_days", "bigint", "of the missing, those that ended early", unit="sessions"),
        Column("longest_gap", "bigint", "most sessions missing in a row", unit="sessions"),
        Column("off_calendar", "bigint", "bars on days that the calendar does not have or know", unit="bars"),
        Column("behind", "bigint", "sessions from the last bar to the newest of any symbol", unit="sessions"),
    ),
    key=("symbol",),
    served=True,
)

MISSING_SESSIONS = Table(
    name="meta.missing_sessions",
    description="Every session between a symbol's first and last bar that has none; holidays are no sessions.",
    columns=(
        SYMBOL,
        Column("date", "date", "the session"),
        Column("half_day", "boolean", "whether it ended early"),
        Column("reason", "varchar", f"{NOT_DELIVERED}, or the reason for which its bar lies in quarantine"),
    ),
    key=("symbol", "date"),
    served=True,
)
TABLES = (COVERAGE, MISSING_SESSIONS)


class Coverage(msgspec.Struct, frozen=True):
    """A symbol's row of `meta.coverage`."""

    symbol: str
    calendar: str
    first_session: date
    last_session: date
    expected: int
    present: int
    missing: int
    missing_half_days: int
    longest_gap: int
    off_calendar: int
    behind: int


class Missing(msgspec.Struct, frozen=True):
    """A row of `meta.missing_sessions`."""

    symbol: str
    date: date
    half_day: bool
    reason: str


def coverage(folder: Path) -> Mapping[str, Coverage]:
    """Return the coverage of each symbol in a snapshot's folder; none where the snapshot is older than the table."""
    rows = msgspec.convert(_rows(folder, COVERAGE), list[Coverage])
    return {row.symbol: row for row in rows}


def missing_sessions(folder: Path) -> Mapping[str, tuple[Missing, ...]]:
    """Return the missing sessions of each symbol that has any, oldest first."""
    found: dict[str, list[Missing]] = {}
    for row in msgspec.convert(_rows(folder, MISSING_SESSIONS), list[Missing]):
        found.setdefault(row.symbol, []).append(row)
    return {symbol: tuple(rows) for symbol, rows in found.items()}


def _rows(folder: Path, table: Table) -> list[dict[str, object]]:
    path = folder / SERVING / f"{table.name}.arrow"
    return open_batch(path).to_pylist() if path.exists() else []
