from datetime import date

import pytest

from api.accounts.tiers import least_tier_for, least_tier_for_history, seeded
from indicators.catalogue import catalogue

FREE, PRO, PREMIUM = seeded()


def test_the_seeded_tiers_are_the_ones_promised():
    assert [tier.name for tier in seeded()] == ["free", "pro", "premium"]
    assert (FREE.per_day, FREE.indicators, FREE.history_months) == (50, {"sma", "ema"}, 3)
    assert (PRO.per_day, PRO.history_months) == (500, 12)
    assert {"sma", "ema", "rsi", "macd", "bbands", "stoch", "adx", "atr", "obv"} < (PRO.indicators or set())
    assert (PREMIUM.per_day, PREMIUM.indicators, PREMIUM.history_months) == (None, None, None)
    assert FREE.per_minute < PRO.per_minute < PREMIUM.per_minute


def test_every_indicator_of_a_tier_exists():
    named = {name for tier in seeded() for name in tier.indicators or ()}
    assert named <= {declared.id for declared in catalogue()}


@pytest.mark.parametrize(("indicator", "tier"), [("sma", FREE), ("rsi", PRO), ("ichimoku", PREMIUM)])
def test_the_least_tier_for_an_indicator(indicator, tier):
    assert least_tier_for(indicator) == tier
    assert tier.allows(indicator)


def test_no_tier_is_told_when_none_allows():
    assert least_tier_for("rsi", [FREE]) is None


@pytest.mark.parametrize(
    ("data_through", "first"),
    [
        (date(2013, 3, 1), date(2012, 12, 1)),
        (date(2013, 5, 31), date(2013, 2, 28)),
        (date(2012, 5, 31), date(2012, 2, 29)),
        (date(2013, 3, 31), date(2012, 12, 31)),
        (date(1, 2, 1), date.min),
    ],
)
def test_history_counts_calendar_months_back_from_the_newest_bar(data_through, first):
    assert FREE.first_day(data_through) == first


def test_the_least_tier_for_a_first_day():
    through = date(2013, 3, 1)
    assert least_tier_for_history(date(2012, 12, 1), through) == FREE
    assert least_tier_for_history(date(2012, 11, 30), through) == PRO
    assert least_tier_for_history(date(2012, 3, 1), through) == PRO
    assert least_tier_for_history(date(2012, 2, 29), through) == PREMIUM
