"""The exchange's trading calendar: which days are its sessions."""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

EXCHANGE = "XNYS"


def is_session(day: date) -> bool:
    """Return whether the exchange trades on a day."""
    return bool(_calendar(day.year, day.year).is_session(day.isoformat()))


def sessions(first: date, last: date) -> tuple[date, ...]:
    """Return the exchange's sessions from `first` to `last`, both included."""
    if first > last:
        return ()
    found = _calendar(first.year, last.year).sessions_in_range(first.isoformat(), last.isoformat())
    return tuple(found.date)


@lru_cache(maxsize=8)
def _calendar(first_year: int, last_year: int) -> "ExchangeCalendar":
    """Return the calendar of whole years and a month on either side: it refuses days beyond its own sessions.

    Rules for future years are those of today.
    """
    import exchange_calendars  # noqa: PLC0415  (a second of imports that only some steps need)

    return exchange_calendars.get_calendar(EXCHANGE, start=f"{first_year - 1}-12-01", end=f"{last_year + 1}-01-31")
