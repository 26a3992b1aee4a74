"""Partitions: the exchange's sessions, for what is asked of others day by day."""

from datetime import UTC, date, datetime, time, timedelta

import dagster as dg

from pipelines.calendar import calendar

FORM = "%Y-%m-%d"
EARLIEST = date(2000, 1, 1)  # of sources that declare no start


def sessions(first: date | None = None) -> dg.TimeWindowPartitionsDefinition:
    """Return the sessions from `first` to today's as partitions."""
    known = calendar()
    first = first or EARLIEST
    traded = set(known.sessions(first, known.last))
    weekdays = (day for day in _days(first, known.last) if day.weekday() < 5)  # noqa: PLR2004  (Saturday)
    return dg.TimeWindowPartitionsDefinition(
        start=first.strftime(FORM),
        fmt=FORM,
        cron_schedule="0 0 * * 1-5",
        end_offset=1,  # today's session is asked for before tomorrow
        exclusions=[datetime.combine(day, time(), UTC) for day in weekdays if day not in traded],
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]
