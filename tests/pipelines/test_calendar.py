from datetime import date

import pytest

from pipelines import calendar


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
    assert calendar.is_session(asked) == trades
    assert calendar.sessions(asked, asked) == ((asked,) if trades else ())


def test_a_stretch_of_sessions_over_new_year():
    found = calendar.sessions(date(2003, 12, 24), date(2004, 1, 5))
    assert [day.isoformat()[5:] for day in found] == ["12-24", "12-26", "12-29", "12-30", "12-31", "01-02", "01-05"]
    assert calendar.sessions(date(2004, 1, 3), date(2004, 1, 2)) == ()
