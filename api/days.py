"""Days as the serving files hold them, whole numbers since 1970-01-01, and their text."""

from datetime import date

import numpy as np
import numpy.typing as npt
import orjson

_EPOCH = date(1970, 1, 1).toordinal()
_WIDTH = len(b'"2013-03-01",')
NO_DAY = np.iinfo(np.int32).min
"""Stands in a column of days for none."""


def day_of(day: date) -> int:
    """Return a date's number."""
    return day.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """Return a number's date."""
    return date.fromordinal(day + _EPOCH)


def iso(day: int) -> str:
    """Return a number's date as text."""
    return date_of(day).isoformat()


class Calendar:
    """The sessions of a snapshot, rendered once as JSON.

    PERF: a series' dates are then a copy of bytes; rendering 2,520 dates for each answer costs more than its values.
    """

    def __init__(self, days: npt.NDArray[np.int32]) -> None:
        self._first = int(days.min())
        held = np.zeros(int(days.max()) - self._first + 1, bool)
        held[days - self._first] = True
        self.sessions = sessions = np.flatnonzero(held) + self._first
        self._place = np.cumsum(held, dtype=np.int32) - 1
        self._names = [iso(day) for day in sessions.tolist()]
        self._text = b"".join(b'"%b",' % name.encode() for name in self._names)
        self._records = np.frombuffer(self._text, f"V{_WIDTH}")

    def dates(self, days: npt.NDArray[np.int32]) -> orjson.Fragment:
        """Return the JSON array of days, of this calendar or NO_DAY, which is null."""
        if not len(days):
            return orjson.Fragment(b"[]")
        if days.min() == NO_DAY:
            return orjson.Fragment(orjson.dumps(self.texts(days)))
        first, last = (int(self._place[day - self._first]) for day in (days[0], days[-1]))
        if np.array_equal(days, self.sessions[first : last + 1]):
            text = self._text[first * _WIDTH : (last + 1) * _WIDTH - 1]
        else:
            text = self._records[self._place[days - self._first]].tobytes()[:-1]
        return orjson.Fragment(b"[%b]" % text)

    def texts(self, days: npt.NDArray[np.int32]) -> list[str | None]:
        """Return the text of each day, of this calendar or NO_DAY."""
        return [
            None if day == NO_DAY else self._names[place]
            for day, place in zip(
                days.tolist(), self._place[np.maximum(days, self._first) - self._first].tolist(), strict=True
            )
        ]
