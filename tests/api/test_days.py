from datetime import date

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st

from api.days import Calendar, date_of, day_of, iso


@given(st.dates(min_value=date(1800, 1, 1)))
def test_days_and_dates(day):
    assert date_of(day_of(day)) == day
    assert iso(day_of(day)) == day.isoformat()
    assert day_of(day) == (day - date(1970, 1, 1)).days


@given(st.lists(st.sets(st.integers(-30_000, 60_000), min_size=1, max_size=40), min_size=1, max_size=5))
def test_a_symbols_dates_are_its_own(symbols):
    columns = [np.array(sorted(days), np.int32) for days in symbols]
    calendar = Calendar(np.concatenate(columns))
    for days in columns:
        for part in (days, days[1:], days[:0], days[::2]):
            assert orjson.loads(orjson.dumps(calendar.dates(part))) == [iso(day) for day in part.tolist()]
