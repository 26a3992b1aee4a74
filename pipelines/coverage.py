"""Expected against present bars, by each symbol's trading calendar; and how old the newest are, in sessions."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa

from pipelines import declaration, quarantine
from pipelines.calendar import BeyondCalendar, Calendar, Days, as_date, calendar
from pipelines.declaration import Calendars
from pipelines.rules import REASON
from warehouse.contracts import DAILY_BARS
from warehouse.coverage import COVERAGE, MISSING_SESSIONS, NOT_DELIVERED, Coverage, Missing
from warehouse.home import Home
from warehouse.snapshots import DUE
from warehouse.work import Check, Version, WorkStore

AHEAD = timedelta(days=366)  # as far as sessions are awaited; exchanges announce about a year
NAMED = 5  # missing sessions that a check names


def write(store: WorkStore) -> tuple[Version, ...]:
    """Hold the daily bars against the calendars, and keep the verdicts beside the table."""
    bars, calendars = store.read(DAILY_BARS.name), declaration.load(store.home).calendars
    covered, missing = measure(bars, calendars, _quarantined(store.home))
    versions = tuple(
        store.write(table, _table(rows, table.schema()), inputs=[DAILY_BARS.name])
        for table, rows in ((COVERAGE, covered), (MISSING_SESSIONS, missing))
    )
    verdicts = [complete(covered, missing), fresh(covered, now=datetime.now(UTC), ends=calendars.ends)]
    store.record_checks(COVERAGE.name, verdicts)
    return versions


def _table(rows: Sequence[Coverage | Missing], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([msgspec.structs.asdict(row) for row in rows], schema=schema)


def measure(
    bars: pa.Table, calendars: Calendars, quarantined: dict[tuple[str, date], str]
) -> tuple[list[Coverage], list[Missing]]:
    """Return the coverage of each symbol, and its missing sessions.

    Args:
        bars: symbol, date; sorted by both.
        calendars: which calendar holds for which symbol.
        quarantined: the reason for which a symbol's day lies in quarantine.
    """
    symbols, days = bars.column("symbol").combine_chunks(), bars.column("date").combine_chunks()
    codes, numbers = symbols.indices.to_numpy(), days.cast(pa.int32()).to_numpy()
    if not len(codes):
        return [], []
    names, newest = symbols.dictionary.to_pylist(), int(numbers.max())
    starts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist()]
    covered, missing = [], []
    for start, end in zip(starts, [*starts[1:], len(codes)], strict=True):
        symbol, mine = names[codes[start]], numbers[start:end]
        known = calendar(calendars.of(symbol))
        lost = _lost(known, mine)
        covered.append(_coverage(symbol, known, mine, lost, newest))
        half_days = set(known.half_days.tolist()) if len(lost) else set()
        for number in lost.tolist():
            day = as_date(number)
            reason = quarantined.get((symbol, day), NOT_DELIVERED)
            missing.append(Missing(symbol, day, number in half_days, reason))
    return covered, missing


def complete(covered: Sequence[Coverage], missing: Sequence[Missing]) -> Check:
    """Tell which sessions are missing between first and last bars; a trading halt makes some, so it blocks nothing."""
    expected, present = sum(row.expected for row in covered), sum(row.present for row in covered)
    if not missing:
        return Check("complete", passed=True, blocking=False, detail=f"all {expected} expected bars are there")
    named = ", ".join(_named(row) for row in missing[:NAMED])
    symbols = len({row.symbol for row in missing})
    detail = f"{expected - present} of {expected} expected bars are missing, of {symbols} symbols, such as {named}"
    return Check("complete", passed=False, blocking=False, detail=detail)


def fresh(covered: Sequence[Coverage], *, now: datetime, ends: date | None = None) -> Check:
    """Tell how many sessions behind the newest bars are, unless they are meant to end with the session `ends`."""
    if _is_over(covered, ends):
        return Check("fresh", passed=True, blocking=False, detail=f"the data is declared to end on {ends}")
    late = [told for name, day in _newest(covered).items() if (told := _lateness(calendar(name), day, now))]
    return Check("fresh", passed=not late, blocking=False, detail="; ".join(late))


def awaited(store: WorkStore) -> dict[str, tuple[date, ...]]:
    """Return by calendar the sessions of a year after the newest bars; none if the data is meant to end there."""
    covered = msgspec.convert(store.read(COVERAGE.name).to_pylist(), list[Coverage])
    if _is_over(covered, declaration.load(store.home).calendars.ends):
        return {}
    return {name: _following(calendar(name), day) for name, day in _newest(covered).items()}


def _is_over(covered: Sequence[Coverage], ends: date | None) -> bool:
    return bool(ends and covered) and max(row.last_session for row in covered) == ends


def _newest(covered: Sequence[Coverage]) -> dict[str, date]:
    newest: dict[str, date] = {}
    for row in covered:
        newest[row.calendar] = max(row.last_session, newest.get(row.calendar, row.last_session))
    return newest


def _following(known: Calendar, newest: date) -> tuple[date, ...]:
    first = newest + timedelta(days=1)
    return known.sessions(first, min(newest + AHEAD, known.last)) if first <= known.last else ()


def _lateness(known: Calendar, newest: date, now: datetime) -> str:
    """Return by how much the newest bars miss the session that is due, or nothing."""
    try:
        due = known.before((now - DUE).date())
        behind = known.count(newest + timedelta(days=1), due)
    except BeyondCalendar as ex:
        return str(ex)
    if not behind:
        return ""
    return (
        f"the newest bars are of {newest}, {behind} sessions of {known.name} before {due}, which is due; "
        "bring newer ones, or say in pipeline.toml that it ends there"
    )


def _lost(known: Calendar, mine: Days) -> Days:
    """Return the sessions from the first bar to the last that have none."""
    begin, end = np.searchsorted(known.days, [mine[0], mine[-1] + 1])
    sessions = known.days[begin:end]
    return sessions[~np.isin(sessions, mine, assume_unique=True)]


def _coverage(symbol: str, known: Calendar, mine: Days, lost: Days, newest: int) -> Coverage:
    begin, end, last = np.searchsorted(known.days, [mine[0], mine[-1] + 1, newest + 1]).tolist()
    expected = end - begin
    return Coverage(
        symbol=symbol,
        calendar=known.name,
        first_session=as_date(mine[0]),
        last_session=as_date(mine[-1]),
        expected=expected,
        present=expected - len(lost),
        missing=len(lost),
        missing_half_days=int(np.isin(lost, known.half_days).sum()) if len(lost) else 0,
        longest_gap=_longest_run(np.searchsorted(known.days, lost)),
        off_calendar=len(mine) - (expected - len(lost)),
        behind=last - end,
    )


def _longest_run(places: np.ndarray) -> int:
    if not len(places):
        return 0
    breaks = np.flatnonzero(np.diff(places) != 1) + 1
    return int(np.diff(np.concatenate(([0], breaks, [len(places)]))).max())


def _named(row: Missing) -> str:
    told = [*(["half day"] if row.half_day else []), *([row.reason] if row.reason != NOT_DELIVERED else [])]
    return f"{row.symbol} {row.date}{' (' + ', '.join(told) + ')' if told else ''}"


def _quarantined(home: Home) -> dict[tuple[str, date], str]:
    return {key: reason for entry in quarantine.entries(home) for key, reason in _keys(home, entry)}


def _keys(home: Home, entry: quarantine.Entry) -> Iterator[tuple[tuple[str, date], str]]:
    rows = quarantine.rows_of(home, entry)
    if "date" in rows.columns:
        for symbol, day, reason in rows.select("symbol", pl.col("date"), REASON).iter_rows():
            yield (symbol, day), reason
