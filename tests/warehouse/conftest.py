"""A small warehouse: two symbols, three sessions."""

from datetime import date

import pyarrow as pa
import pytest

from warehouse.contracts import BARS, BARS_ADJUSTED, DAILY_BARS, DAILY_BARS_ADJUSTED
from warehouse.home import Home
from warehouse.publish import Request
from warehouse.work import Check, WorkStore

TABLES = (DAILY_BARS.name, DAILY_BARS_ADJUSTED.name)
WEEKS = (BARS["1w"].name, BARS_ADJUSTED["1w"].name)


def bars(first_close: float = 10.0) -> pa.Table:
    days = [date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)]
    prices = [first_close, 11.0, 12.0, 20.0, 21.0]
    columns = dict.fromkeys(("open", "high", "low", "close"), prices)
    return pa.table(
        {
            "symbol": ["A"] * 3 + ["B"] * 2,
            "date": days + days[:2],
            **columns,
            "volume": [1.0, 2, 3, 4, 5],
            "batch": ["1"] * 5,
        }
    )


def fill(store: WorkStore, first_close: float = 10.0) -> None:
    store.write(DAILY_BARS, bars(first_close))
    store.record_checks(DAILY_BARS.name, [Check("fine", passed=True, blocking=True)])
    factors = [pa.array([0.5, 1, 1, 1, 1]), pa.array([0.4, 0.8, 1, 1, None])]
    adjusted = bars(first_close).append_column("split_factor", factors[0]).append_column("split_div_factor", factors[1])
    store.write(DAILY_BARS_ADJUSTED, adjusted, inputs=[DAILY_BARS.name])


def fill_weeks(store: WorkStore) -> None:
    """Write the weekly bars, put together by hand: A has two weeks, the second of one session, and B has one."""
    columns = {
        "symbol": ["A", "A", "B"],
        "date": [date(2020, 1, 3), date(2020, 1, 6), date(2020, 1, 3)],
        "open": [10.0, 12.0, 20.0],
        "high": [11.0, 12.0, 21.0],
        "low": [10.0, 12.0, 20.0],
        "close": [11.0, 12.0, 21.0],
        "volume": [3.0, 3.0, 9.0],
        "first_session": [date(2020, 1, 2), date(2020, 1, 6), date(2020, 1, 2)],
        "sessions": [2, 1, 2],
        "is_partial": [False, True, False],
    }
    for table, source in zip((BARS["1w"], BARS_ADJUSTED["1w"]), TABLES, strict=True):
        store.write(table, pa.table(columns), inputs=[source])


@pytest.fixture
def store(tmp_path):
    made = WorkStore(Home(tmp_path))
    fill(made)
    return made


@pytest.fixture
def request_all():
    return Request(tables=TABLES, catalogue_version="1")
