"""Coverage by month: which share of each month's sessions has a bar."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from pipelines.calendar import calendar
from warehouse.coverage import Coverage, Missing

Shares = dict[str, list[float | None]]


def months(first: date, last: date) -> list[str]:
    """Return the months from that of `first` to that of `last`, as ISO 8601 writes them."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def shares(covered: Sequence[Coverage], missing: Sequence[Missing]) -> tuple[list[str], Shares]:
    """Return the months of all symbols, and each symbol's shares; None where it has no session to cover."""
    if not covered:
        return [], {}
    columns = months(min(row.first_session for row in covered), max(row.last_session for row in covered))
    lost = Counter((row.symbol, f"{row.date:%Y-%m}") for row in missing)
    return columns, {row.symbol: list(_shares(row, lost, columns)) for row in covered}


def _shares(row: Coverage, lost: Counter[tuple[str, str]], columns: Sequence[str]) -> Iterator[float | None]:
    expected = Counter(f"{day:%Y-%m}" for day in calendar(row.calendar).sessions(row.first_session, row.last_session))
    for month in columns:
        count = expected[month]
        yield 1 - lost[row.symbol, month] / count if count else None
