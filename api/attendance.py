"""Which sessions of a symbol have a bar: what the exchange's calendar expects against what a snapshot has."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api.days import date_of, day_of
from warehouse import coverage
from warehouse.coverage import NOT_DELIVERED, Missing
from warehouse.serving import Reader

MOST_GAPS = 20


class Gap(msgspec.Struct, frozen=True):
    """Sessions in a row without a bar."""

    first: str
    last: str
    sessions: int
    reason: Annotated[
        str,
        Meta(
            description="`not-delivered`, as of a trading halt, which nobody tells us of; else the reason for which the"
            " bars lie in quarantine."
        ),
    ]


class Coverage(msgspec.Struct, frozen=True):
    """Sessions of the stretch shown, those of a symbol's first bar to its last; of weeks and months, their days."""

    calendar: Annotated[str, Meta(description="Whose sessions are expected.", examples=["XNYS"])]
    expected: Annotated[int, Meta(description="Sessions that there were.")]
    present: Annotated[int, Meta(description="Those with a bar.")]
    gaps: Annotated[
        tuple[Gap, ...], Meta(description=f"What is missing between, oldest first; at most the newest {MOST_GAPS}.")
    ]
    behind: Annotated[
        int, Meta(description="Sessions from the symbol's last bar to the newest of any: it has ended, or is late.")
    ]


class Attendance:
    """The sessions of a snapshot's symbols; what was published is read when it is first asked for."""

    def __init__(self, daily: Reader) -> None:
        self._reader = daily
        self._days = daily.days.data

    def over(self, symbol: str, first: int, last: int) -> dict[str, Any] | None:
        """Return the coverage of a symbol from one day to another; none if the snapshot is older than its table.

        Raises UnknownSymbol.
        """
        if (whole := self._covered.get(symbol)) is None:
            return None
        span = self._reader.span(symbol)
        begin, end = (self._row(span, day) for day in (first, last + 1))
        missing = self._between(symbol, first, last)
        present = max(0, end - begin)
        return {
            "calendar": whole.calendar,
            "expected": present + len(missing),
            "present": present,
            "gaps": self._gaps(span, missing) if missing else [],
            "behind": whole.behind,
        }

    def quarantined(self, symbol: str) -> list[int]:
        """Return the days of a symbol whose bars lie in quarantine."""
        return [day_of(one.date) for one in self._missing.get(symbol, ()) if one.reason != NOT_DELIVERED]

    @cached_property
    def _covered(self) -> Mapping[str, coverage.Coverage]:
        return coverage.coverage(self._reader.folder)

    @cached_property
    def _missing(self) -> Mapping[str, tuple[Missing, ...]]:
        return coverage.missing_sessions(self._reader.folder)

    def _between(self, symbol: str, first: int, last: int) -> Sequence[Missing]:
        rows = self._missing.get(symbol)
        if rows is None or first > last:
            return ()
        begin = bisect_left(rows, date_of(first), key=lambda one: one.date)
        return rows[begin : bisect_right(rows, date_of(last), key=lambda one: one.date)]

    def _gaps(self, span: slice, missing: Sequence[Missing]) -> list[dict[str, Any]]:
        """Return the runs of missing sessions that no bar parts and that have one reason."""
        runs = groupby(missing, lambda one: (self._row(span, day_of(one.date)), one.reason))
        found = [(reason, list(run)) for (_, reason), run in runs]
        return [
            {
                "first": run[0].date.isoformat(),
                "last": run[-1].date.isoformat(),
                "sessions": len(run),
                "reason": reason,
            }
            for reason, run in found[-MOST_GAPS:]
        ]

    def _row(self, span: slice, day: int) -> int:
        return bisect_left(self._days, day, span.start, span.stop)
