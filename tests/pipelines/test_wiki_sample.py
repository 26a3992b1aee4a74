"""The sample's bars keep their contract, and its actions explain the source's own adjusted close."""

import datetime as dt

import polars as pl
import pytest
from exchange_calendars import get_calendar

from pipelines import wiki_sample


@pytest.fixture(scope="module")
def bars():
    return pl.read_parquet(wiki_sample.BARS)


@pytest.fixture(scope="module")
def actions():
    return pl.read_parquet(wiki_sample.ACTIONS)


@pytest.fixture(scope="module")
def source_rows(bars):
    return bars.join(pl.read_parquet(wiki_sample.ADJUSTED_CLOSE), on=["symbol", "date"], validate="1:1")


def test_bars_keep_the_contract(bars):
    inside = pl.all_horizontal(pl.col("open", "close").is_between("low", "high"))
    assert bars.height == bars.unique(["symbol", "date"]).height == 12_154
    assert bars.null_count().sum_horizontal().item() == 0
    assert bars.select((inside & (pl.col("low") > 0) & (pl.col("volume") > 0)).all()).item()
    assert bars.equals(bars.sort("symbol", "date"))


@pytest.mark.filterwarnings("ignore:Series.values:DeprecationWarning")  # exchange-calendars 4.13 under pandas 3
def test_bars_have_every_session_of_the_exchange_and_no_other(bars):
    calendar = get_calendar("XNYS", start="2000-01-01", end="2013-12-31")
    for (symbol,), dates in bars.group_by("symbol"):
        sessions = calendar.sessions_in_range(str(dates["date"].min()), str(dates["date"].max()))
        assert dates["date"].to_list() == [session.date() for session in sessions], symbol


@pytest.mark.parametrize(
    ("symbol", "ex_date", "kind", "value"),
    [
        ("AAPL", dt.date(2000, 6, 21), "split", 2.0),
        ("AAPL", dt.date(2005, 2, 28), "split", 2.0),
        ("MSFT", dt.date(2003, 2, 18), "split", 2.0),
        ("MSFT", dt.date(2004, 11, 15), "dividend", 3.08),  # the special 3.00 and the regular 0.08
        ("MSFT", dt.date(2003, 2, 19), "dividend", 0.08),  # its first ever
        ("AAPL", dt.date(2012, 8, 9), "dividend", 2.65),
        ("IBM", dt.date(2002, 5, 8), "dividend", 0.15),
        ("IBM", dt.date(2012, 5, 8), "dividend", 0.85),
    ],
)
def test_known_actions_are_there(actions, symbol, ex_date, kind, value):
    assert (symbol, ex_date, kind, value) in actions.drop("source").rows()


def test_there_are_no_other_splits_and_no_quarter_of_ibm_is_missing(actions):
    assert actions.group_by("symbol", "kind").len().sort("symbol", "kind").rows() == [
        ("AAPL", "dividend", 3),
        ("AAPL", "split", 2),
        ("IBM", "dividend", 52),
        ("MSFT", "dividend", 37),
        ("MSFT", "split", 1),
    ]
    quarters = actions.filter(symbol="IBM").select(pl.col("ex_date").dt.truncate("1q"))["ex_date"]
    assert quarters.to_list() == pl.date_range(dt.date(2000, 4, 1), dt.date(2013, 1, 1), "1q", eager=True).to_list()


def test_actions_follow_from_the_adjusted_close(source_rows, actions):
    assert wiki_sample.derive_actions(source_rows).equals(actions)


def test_bars_and_actions_give_the_adjusted_close_back(source_rows, actions):
    events = actions.pivot(on="kind", index=["symbol", "ex_date"], values="value").rename({"ex_date": "date"})
    step = pl.col("split").fill_null(1.0) * (1 + pl.col("dividend").fill_null(0.0) / pl.col("close"))
    later = step.shift(-1, fill_value=1.0).cum_prod(reverse=True).over("symbol")
    after_the_last_bar = (pl.col("adjusted_close") / pl.col("close")).last().over("symbol")
    error = (
        source_rows.join(events, on=["symbol", "date"], how="left")
        .sort("symbol", "date")
        .select((pl.col("close") / later * after_the_last_bar / pl.col("adjusted_close") - 1).abs().max())
    )
    assert error.item() < 1e-12


def test_a_step_that_is_no_action_is_refused(source_rows):
    last_days = source_rows.filter(symbol="FB").tail(3)
    spoilt = last_days.with_columns(adjusted_close=pl.col("adjusted_close") * pl.Series([1.0, 1.00012345, 1.00012345]))
    with pytest.raises(ValueError, match="neither a split nor a dividend"):
        wiki_sample.derive_actions(spoilt)


def test_another_source_is_refused(tmp_path):
    (tmp_path / "stocks.csv.gz").write_bytes(b"Ticker,Date\n")
    with pytest.raises(ValueError, match="SHA-256"):
        wiki_sample.read_source(tmp_path / "stocks.csv.gz")
