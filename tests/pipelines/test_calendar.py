"""The trading calendar says what the exchange said, and says so where it knows nothing."""

from datetime import UTC, date, datetime

import pytest

from pipelines.calendar import BeyondCalendar, UnknownCalendar, calendar, is_session, sessions

# https://www.nyse.com/markets/hours-calendars and NYSE's own notices: closings and early closings
CLOSED = [
    date(2012, 10, 29),  # Hurricane Sandy
    date(2012, 10, 30),
    date(2018, 12, 5),  # mourning
    date(2021, 12, 24),  # Christmas observed
    date(2022, 6, 20),  # Juneteenth observed, the first
    date(2025, 1, 9),  # mourning
]
HALF = [date(2015, 11, 27), date(2018, 7, 3), date(2019, 12, 24), date(2024, 11, 29), date(2025, 7, 3)]
COUNTS = {2015: 252, 2016: 252, 2017: 251, 2018: 251, 2019: 252, 2020: 253, 2021: 252, 2022: 251, 2023: 250, 2024: 252}


@pytest.mark.check(11)
def test_each_year_has_the_number_of_sessions_that_it_had():
    found = {year: calendar().count(date(year, 1, 1), date(year, 12, 31)) for year in COUNTS}
    assert found == COUNTS
    assert len(sessions(date(2024, 1, 1), date(2024, 12, 31))) == 252


@pytest.mark.check(11)
@pytest.mark.parametrize("day", CLOSED)
def test_closings_are_no_sessions(day):
    assert not is_session(day)
    assert calendar().explain(day) not in {"session", "half day", "weekend"}


@pytest.mark.parametrize("day", HALF)
def test_half_days_are_sessions_that_end_early(day):
    assert is_session(day)
    assert calendar().explain(day) == "half day"
    assert calendar().close(day).hour in {17, 18}


def test_days_are_explained():
    told = {day: calendar().explain(date(2012, 7, day)) for day in (3, 4, 5, 7)}
    assert told == {3: "half day", 4: "July 4th", 5: "session", 7: "weekend"}
    assert calendar().explain(date(2012, 10, 29)) == "special closing"


def test_the_session_before_skips_weekends_and_holidays():
    assert calendar().before(date(2024, 7, 5)) == date(2024, 7, 3)
    assert calendar().before(date(2024, 7, 6)) == date(2024, 7, 5)


def test_the_close_follows_summer_time():
    assert calendar().close(date(2024, 1, 2)) == datetime(2024, 1, 2, 21, tzinfo=UTC)
    assert calendar().close(date(2024, 7, 1)) == datetime(2024, 7, 1, 20, tzinfo=UTC)


def test_nothing_is_between_days_the_wrong_way_round():
    assert sessions(date(2024, 1, 5), date(2024, 1, 2)) == ()
    assert calendar().count(date(2024, 1, 5), date(2024, 1, 2)) == 0


@pytest.mark.parametrize("day", [date(1969, 1, 2), date(2200, 1, 2)])
def test_a_day_beyond_the_calendar_is_refused_with_what_is_known(day):
    for ask in (calendar().is_session, calendar().before, calendar().explain, lambda day: sessions(day, day)):
        with pytest.raises(BeyondCalendar, match=rf"XNYS is known from 1970-01-02 to .*, and {day} was asked for"):
            ask(day)


def test_a_calendar_that_begins_later_begins_then():
    assert calendar("XTKS").first == date(1997, 1, 6)


def test_an_unknown_calendar_is_refused_with_those_there_are():
    with pytest.raises(UnknownCalendar, match=r"no trading calendar 'NOPE'; known: 24/5, 24/7, .*XNYS"):
        calendar("NOPE")


@pytest.mark.parametrize(
    ("day", "trades"),
    [
        ("2025-01-01", False),
        ("2024-12-31", True),
        ("2025-01-09", False),  # a day of mourning
        ("2001-09-11", False),
        ("1997-03-28", False),  # Good Friday, long before the library's usual start
        ("2013-03-02", False),
        ("2040-07-04", False),  # a Wednesday, long after its usual end
        ("2040-07-05", True),
    ],
)
def test_sessions_of_any_year(day, trades):
    asked = date.fromisoformat(day)
    assert is_session(asked) == trades
    assert sessions(asked, asked) == ((asked,) if trades else ())


def test_a_stretch_of_sessions_over_new_year():
    found = sessions(date(2003, 12, 24), date(2004, 1, 5))
    assert [day.isoformat()[5:] for day in found] == ["12-24", "12-26", "12-29", "12-30", "12-31", "01-02", "01-05"]
    assert sessions(date(2004, 1, 3), date(2004, 1, 2)) == ()
