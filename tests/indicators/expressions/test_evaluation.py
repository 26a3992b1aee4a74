"""Values: those of nested calls of TA-Lib, and of pandas for the language's own functions."""

import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.expressions import ExpressionError, TooManyGaps
from tests.indicators.expressions.made import BARS, Symbol, values
from tests.indicators.made import cut, flat, silent, walk

O, H, L, C, V = BARS.open, BARS.high, BARS.low, BARS.close, BARS.volume  # noqa: E741 - as charts call them
close, volume = pd.Series(C), pd.Series(V)
TRUE, FALSE = 1.0, 0.0


def same(found, expected):
    np.testing.assert_allclose(found, np.asarray(expected, float), rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rsi(ema(hl2, 5), 14)", talib.RSI(talib.EMA((H + L) / 2, 5), 14)),
        ("close / sma(close, 200) - 1", C / talib.SMA(C, 200) - 1),
        ("macd(close, fast=8, slow=21).signal", talib.MACD(C, 8, 21, 9)[1]),
        ("macd(rsi(close, 9)).hist", talib.MACD(talib.RSI(C, 9))[2]),
        ("bbands(20).upper", talib.BBANDS(C, 20, 2, 2)[0]),
        ("bbands(ohlc4, 10, 1.5).lower", talib.BBANDS((O + H + L + C) / 4, 10, 1.5, 1.5)[2]),
        ("sma(sma(sma(close, 5), 7), 3)", talib.SMA(talib.SMA(talib.SMA(C, 5), 7), 3)),
        ("stochrsi(close, 14, 5, 3).k", talib.STOCHRSI(C, 14, 5, 3)[0]),
        ("atr(14) / close * 100", talib.ATR(H, L, C, 14) / C * 100),
        ("correl(close, volume, 30)", talib.CORREL(C, V, 30)),
        ("correl(sma(close, 9), ema(volume, 40), 30)", talib.CORREL(talib.SMA(C, 9), talib.EMA(V, 40), 30)),
        ("obv(lag(close, 3))", talib.OBV(np.concatenate(([np.nan] * 3, C[:-3])), V)),
        ("ema(kama(wma(close, 9), 10), 4)", talib.EMA(talib.KAMA(talib.WMA(C, 9), 10), 4)),
        ("rsi_14 - rsi(close, 7)", talib.RSI(C, 14) - talib.RSI(C, 7)),
        ("highest(close, 20) - lowest(low, 20)", talib.MAX(C, 20) - talib.MIN(L, 20)),
        ("sum(volume, 5) + mean(close, 9)", talib.SUM(V, 5) + talib.SMA(C, 9)),
        ("linearreg(log(close), 20)", talib.LINEARREG(np.log(C), 20)),
        ("-2 * (close - open)", -2 * (C - O)),
        ("2 - 3 - 4 + close * 0", np.full(len(C), -5.0)),
        ("16 / 4 / 2 + close * 0", np.full(len(C), 2.0)),
        ("hlcc4", (H + L + 2 * C) / 4),
    ],
)
def test_nested_calls_of_talib(text, expected):
    same(values(text), expected)


def test_the_constant_is_on_every_bar():
    same(values("3 * 4"), np.full(len(C), 12.0))
    same(values("sma(on=5, period=3)"), talib.SMA(np.full(len(C), 5.0), 3))


def truth(series, known=None):
    return series.astype(float) if known is None else series.astype(float).where(known)


SMA50 = close.rolling(50).mean()
ABOVE = (close > SMA50).astype(float).where(SMA50.notna())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lag(close, 3)", close.shift(3)),
        ("change(volume)", volume.diff()),
        ("abs(close - open)", (close - O).abs()),
        ("sqrt(close - 100)", np.sqrt((close - 100).where(close >= 100))),
        ("log(close - 100)", np.log((close - 100).where(close > 100))),
        ("close / (close - close)", close * np.nan),
        ("min(open, close, 100)", pd.DataFrame({"o": O, "c": C, "n": 100.0}).min(axis=1)),
        ("max(open, close, 100)", pd.DataFrame({"o": O, "c": C, "n": 100.0}).max(axis=1)),
        ("max(close, lag(close, 9))", pd.concat([close, close.shift(9)], axis=1).max(axis=1, skipna=False)),
        ("close > open", truth(close > O)),
        ("close >= open", truth(close >= O)),
        ("close == open", truth(close == O)),
        ("close != open", truth(close != O)),
        ("lag(close, 9) <= open", truth(close.shift(9) <= O, close.shift(9).notna())),
        ("where(close > open, close, -open)", np.where(close > O, C, -O)),
        ("where(lag(close, 9) > open, 1, 0)", truth(close.shift(9) > O, close.shift(9).notna())),
        ("where(volume > 4e6, close / (volume - volume), 0)", np.where(volume > 4e6, np.nan, 0.0)),
    ],
)
def test_functions_are_those_of_pandas(text, expected):
    same(values(text), expected)


@pytest.mark.parametrize(
    ("text", "crossed"),
    [
        ("cross_above(close, lag(close, 3))", (close > close.shift(3)) & (close.shift(1) <= close.shift(4))),
        ("cross_below(close, lag(close, 3))", (close < close.shift(3)) & (close.shift(1) >= close.shift(4))),
    ],
)
def test_crossings(text, crossed):
    found = values(text)
    assert np.isnan(found[:3]).all()
    same(found[4:], crossed.to_numpy()[4:])
    assert 50 < np.nansum(found) < 600


def test_a_touch_from_above_is_no_crossing_and_from_equal_up_is_one():
    bars = flat(6)
    bars.close[:] = [9, 10, 11, 10, 11, 9]
    found = values("cross_above(close, 10)", Symbol(bars))
    np.testing.assert_array_equal(found, [0, 0, 1, 0, 1, 0])
    found = values("cross_below(close, 10)", Symbol(bars))
    np.testing.assert_array_equal(found, [np.nan, 0, 0, 0, 0, 1])


def test_what_is_unknown_stays_so_unless_it_does_not_matter():
    bars = flat(3)
    unknown = "lag(close) > 0"  # null on the first bar, true afterwards
    for text, first, second in (
        (f"{unknown} and close > 0", np.nan, TRUE),
        (f"{unknown} and close < 0", FALSE, FALSE),
        (f"close < 0 and {unknown}", FALSE, FALSE),
        (f"{unknown} or close > 0", TRUE, TRUE),
        (f"close < 0 or {unknown}", np.nan, TRUE),
        (f"not {unknown}", np.nan, FALSE),
        (f"not ({unknown} and close < 0)", TRUE, TRUE),
    ):
        np.testing.assert_array_equal(values(text, Symbol(bars))[:2], [first, second], err_msg=text)


def others():
    """A young symbol with a hole, one that began before it, and one that was delisted before."""
    young = Symbol(cut(BARS, slice(0, 8)), np.array([10, 11, 12, 14, 15, 16, 17, 18], np.int32))
    old = Symbol(walk(40, seed=3), np.arange(-20, 20, dtype=np.int32))
    dead = Symbol(walk(5, seed=4), np.arange(0, 5, dtype=np.int32))
    young.others = old.others = {"OLD": old, "DEAD": dead, "YOUNG": young}
    return young, old, dead


def test_another_symbol_is_seen_on_the_days_of_the_one_asked_for():
    young, old, _ = others()
    joined = pd.Series(old.bars.close, old.days()).reindex(young.days()).to_numpy()
    same(values("close / OLD.close", young), young.bars.close / joined)
    back = pd.Series(young.bars.close, young.days()).reindex(old.days()).to_numpy()
    assert np.isnan(back[-7])  # the hole
    same(values("YOUNG.close", old), back)
    assert np.isnan(values("close - DEAD.close", young)).all()


def test_another_symbols_indicator_is_computed_on_its_own_history():
    young, old, _ = others()
    joined = pd.Series(talib.RSI(old.bars.close, 9), old.days()).reindex(young.days()).to_numpy()
    same(values("OLD.rsi(9)", young), joined)
    assert not np.isnan(joined).any()  # on the young one's few days alone there would be none
    assert np.isnan(values("rsi(OLD.close, 9)", young)).all()


def test_stored_values_are_read_where_they_are_held():
    source = Symbol(BARS, held={"rsi_14": np.arange(len(BARS), dtype=float)})
    same(values("rsi(close, 14) + 1", source), np.arange(len(BARS)) + 1.0)


def test_nothing_is_written_to():
    for array in (O, H, L, C, V):
        array.flags.writeable = False
    try:
        for text in ("rsi(close, 9)", "ema(lag(close), 3)", "lag(close, 1) > 0", "ma(volume, 5, kama)", "ssf(close)"):
            values(text)
    finally:
        for array in (O, H, L, C, V):
            array.flags.writeable = True


WORDS = st.sampled_from(
    ["close", "volume", "hl2", "rsi_14", "sma_200", "macd_12_26_9_hist", "0", "1", "14", "2.5", "1e300", "nonsense"]
)
CALLED = """rsi ema sma stddev fisher kama mcgd zscore stc qqe linearreg correl macd cumsum entropy hwma vidya alma ssf
lrsi obv ln div log sqrt abs min max lag change highest lowest sum mean where cross_above cross_below rank"""


def texts(inner):
    operators = st.sampled_from([*"+-*/<>", "<=", "==", "!=", "and", "or"])
    calls = st.sampled_from(CALLED.split())
    return (
        st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})")
        | st.tuples(calls, st.lists(inner, max_size=3)).map(lambda call: f"{call[0]}({', '.join(call[1])})")
        | inner.map(lambda one: f"-{one}")
        | inner.map(lambda one: f"not {one}")
    )


@settings(max_examples=400, deadline=None)
@given(st.recursive(WORDS, texts, max_leaves=9), st.sampled_from([0, 1, 2, 40, 300]))
def test_whatever_is_asked_the_answer_is_finite_or_null_or_a_refusal(text, length):
    try:
        found = values(text, Symbol(cut(BARS, slice(0, length))))
    except (ExpressionError, TooManyGaps):
        return
    assert found.dtype == np.float64
    assert found.shape == (length,)
    assert not np.isinf(found).any()


@pytest.mark.parametrize("bars", [flat(300), flat(300, volume=0.0), silent(300, wakes=200), walk(300, start=0.01)])
@pytest.mark.parametrize("text", ["rsi(close - sma(close, 9), 14)", "zscore(volume / volume, 9)", "stc(log(volume))"])
def test_dull_bars(bars, text):
    assert not np.isinf(values(text, Symbol(bars))).any()
