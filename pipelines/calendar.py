"""Trading calendars: which days are an exchange's sessions, which of them are short, and why others are none."""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

EXCHANGE = "XNYS"
WEEKDAYS = "24/5"
EPOCH = FIRST = date(1970, 1, 1)
LAST = date(2050, 12, 31)
Days = npt.NDArray[np.int32]
"""Days since 1970-01-01."""


class UnknownCalendar(LookupError):
    """A calendar was named that exchange-calendars does not have."""


class BeyondCalendar(ValueError):
    """A day lies where the calendar says nothing: before it begins, or further ahead than its rules go."""


class Calendar:
    """One exchange's sessions from 1970 to 2050, or as much of it as the calendar knows.

    Exchanges announce about a year ahead; beyond that the rules of today are taken to hold.
    """

    def __init__(self, name: str, source: "ExchangeCalendar") -> None:
        self.name = name
        self._source = source
        self.days: Days = source.sessions.to_numpy().astype("datetime64[D]").astype(np.int32)
        self.first, self.last = as_date(self.days[0]), as_date(self.days[-1])

    def is_session(self, day: date) -> bool:
        """Return whether the exchange trades on a day.

        Raises:
            BeyondCalendar: with the days that are known.
        """
        place = int(np.searchsorted(self.days, self._known(day)))
        return bool(self.days[place] == as_number(day))

    def sessions(self, first: date, last: date) -> tuple[date, ...]:
        """Return the sessions from `first` to `last`, both included; raises as `is_session` does."""
        if first > last:
            return ()
        begin, end = np.searchsorted(self.days, [self._known(first), self._known(last) + 1])
        return tuple(map(as_date, self.days[begin:end]))

    def count(self, first: date, last: date) -> int:
        """Return the number of sessions from `first` to `last`, both included; raises as `is_session` does."""
        begin, end = np.searchsorted(self.days, [self._known(first), self._known(last) + 1])
        return max(0, int(end - begin))

    def before(self, day: date) -> date:
        """Return the last session before a day; raises as `is_session` does."""
        place = int(np.searchsorted(self.days, self._known(day)))
        if place == 0:
            raise self._beyond(day)
        return as_date(self.days[place - 1])

    def close(self, session: date) -> datetime:
        """Return when a session ends, in UTC."""
        return self._source.session_close(session.isoformat()).to_pydatetime().astimezone(UTC)

    @cached_property
    def half_days(self) -> Days:
        """The sessions that end early."""
        return self._source.early_closes.to_numpy().astype("datetime64[D]").astype(np.int32)

    def explain(self, day: date) -> str:
        """Return what a day is: `session`, `half day`, `weekend`, a holiday's name, or `special closing`."""
        import pandas as pd  # noqa: PLC0415  (the calendars are made of it)

        if self.is_session(day):
            return "half day" if as_number(day) in self.half_days else "session"
        if self._source.weekmask[day.weekday()] == "0":
            return "weekend"
        regular = self._source.regular_holidays
        names = pd.Series(regular.holidays(day.isoformat(), day.isoformat(), return_name=True) if regular else [])
        return str(names.iloc[0]) if len(names) else "special closing"

    def _known(self, day: date) -> int:
        if not self.first <= day <= self.last:
            raise self._beyond(day)
        return as_number(day)

    def _beyond(self, day: date) -> BeyondCalendar:
        return BeyondCalendar(
            f"{self.name} is known from {self.first} to {self.last}, and {day} was asked for; "
            "a newer exchange-calendars may know more"
        )


@lru_cache
def calendar(name: str = EXCHANGE) -> Calendar:
    """Return a calendar by its name in exchange-calendars: an exchange's MIC, an alias, `24/5` or `24/7`.

    Raises:
        UnknownCalendar: with the names there are.
    """
    import exchange_calendars as xcals  # noqa: PLC0415  (seconds of imports that only some steps need)
    from exchange_calendars.errors import InvalidCalendarName  # noqa: PLC0415

    try:
        kind = type(xcals.get_calendar(name))
    except InvalidCalendarName as ex:
        known = ", ".join(xcals.get_calendar_names(include_aliases=False))
        raise UnknownCalendar(f"no trading calendar {name!r}; known: {known}") from ex
    start, end = kind.bound_min(), kind.bound_max()
    first = FIRST if start is None else max(FIRST, start.date())
    last = LAST if end is None else min(LAST, end.date())
    return Calendar(name, xcals.get_calendar(name, start=first.isoformat(), end=last.isoformat()))


def is_session(day: date, exchange: str = EXCHANGE) -> bool:
    """Return whether an exchange trades on a day."""
    return calendar(exchange).is_session(day)


def sessions(first: date, last: date, exchange: str = EXCHANGE) -> tuple[date, ...]:
    """Return an exchange's sessions from `first` to `last`, both included."""
    return calendar(exchange).sessions(first, last)


def as_number(day: date) -> int:
    """Return a day as days since 1970-01-01."""
    return (day - EPOCH).days


def as_date(number: int) -> date:
    """Return the day that a number of days since 1970-01-01 is."""
    return EPOCH + timedelta(days=int(number))
