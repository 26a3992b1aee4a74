"""The profile of TradingView against Pine's own definitions, bar by bar; and what a profile is to a caller."""

import numpy as np
import pytest

from indicators import PROFILES, UnknownProfile, build, catalogue, describe, followed
from tests.indicators import pine
from tests.indicators.made import walk
from tests.indicators.tradingview import BARS, EXPECTED


@pytest.mark.parametrize("id_", EXPECTED)
def test_tradingviews_profile_is_pines(id_):
    """Wherever Pine has a value and TA-Lib's warm-up is over, which may be some bars longer."""
    indicator = build(id_, {}, "tradingview")
    expected = EXPECTED[id_] if isinstance(EXPECTED[id_], tuple) else (EXPECTED[id_],)
    columns = indicator.compute(BARS, against=BARS.open if indicator.takes_against else None)
    for output, column, wanted in zip(indicator.outputs, columns, expected, strict=True):
        numbers = np.array([np.nan if one is None else one for one in wanted], dtype=float)
        assert np.isfinite(numbers[indicator.lookback() :]).all()
        size = np.nanmax(np.abs(numbers))
        np.testing.assert_allclose(
            column[indicator.lookback() :],
            numbers[indicator.lookback() :],
            rtol=1e-9,
            atol=1e-11 * size,
            err_msg=output.name,
        )


@pytest.mark.parametrize("seed", range(40))
def test_the_stop_is_pines_whichever_side_it_begins_on(seed):
    """In cents, too, where a bar may just touch its stop."""
    bars = walk(120, seed=seed, decimals=2 if seed % 2 else 10)
    (stops,) = build("sar", {}, "tradingview").compute(bars)
    np.testing.assert_allclose(stops[1:], pine.sar(*(getattr(bars, n).tolist() for n in ("high", "low", "close")))[1:])


def test_all_of_the_profile_is_held_against_pine():
    assert {cls.id for cls in catalogue() if followed(cls.id, "tradingview") == "tradingview"} == EXPECTED.keys()


def test_where_pine_begins_with_the_first_value_so_do_we():
    for id_ in ("ema", "dema", "tema", "mcgd", "macd", "ppo", "vosc", "obv"):
        assert build(id_, {}, "tradingview").lookback() == 0
    assert build("kc", {}, "tradingview").lookback() == 9


def test_what_is_given_wins():
    assert build("stoch", {}, "tradingview").params()["k"] == 14
    assert build("stoch", {"fastk_period": 21, "slow_k": "2"}, "tradingview") == build("stoch", {"k": 21, "slow_k": 2})
    assert build("ema", {"seed": "sma", "period": 30}, "tradingview") == build("ema", {})


def test_talibs_profile_is_none():
    for cls in catalogue():
        assert build(cls.id, {}, "talib") == cls()


def test_one_that_a_profile_does_not_have_follows_talib():
    assert (followed("rsi", "tradingview"), followed("hwma", "tradingview")) == ("tradingview", "talib")
    assert build("trix", {}, "tradingview") == build("trix", {})
    assert describe(type(build("trix", {}))).profiles.keys() == {"talib"}


def test_an_unknown_profile_is_told_the_known():
    for call in (lambda: build("rsi", {}, "tradingvew"), lambda: followed("rsi", "")):
        with pytest.raises(UnknownProfile, match="allowed are talib, tradingview") as caught:
            call()
        assert caught.value.allowed == PROFILES == ("talib", "tradingview")


def test_a_profile_speaks_of_what_there_is():
    ids = {cls.id for cls in catalogue()}
    for profile in PROFILES:
        for id_ in ids:
            build(id_, {}, profile)
    assert sum(followed(id_, "tradingview") == "tradingview" for id_ in ids) >= 60
