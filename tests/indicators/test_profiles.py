"""The profile of TradingView against Pine's own definitions, bar by bar; and what a profile is to a caller."""

import math

import numpy as np
import pytest

from indicators import PROFILES, UnknownProfile, build, catalogue, describe, followed, parameters
from indicators.profiles import overrides
from tests.indicators import pine
from tests.indicators.made import walk

BARS = walk(400, seed=31)
H, L, C, V = (getattr(BARS, name).tolist() for name in ("high", "low", "close", "volume"))
HL2 = pine.each(lambda h, low: (h + low) / 2, H, L)
HLC3 = pine.each(lambda h, low, c: (h + low + c) / 3, H, L, C)


def less(one, other):
    return pine.each(lambda a, b: a - b, one, other)


def over(one, other, scale=100):
    return pine.each(lambda a, b: scale * a / b, one, other)


def emas(values, *lengths):
    for length in lengths:
        values = pine.ema(values, length)
    return values


def dema():
    return less([2 * one for one in emas(C, 9)], emas(C, 9, 9))


def tema():
    one, two, three = emas(C, 9), emas(C, 9, 9), emas(C, 9, 9, 9)
    return pine.each(lambda a, b, c: 3 * (a - b) + c, one, two, three)


def hma():
    return pine.wma(less([None if v is None else 2 * v for v in pine.wma(C, 4)], pine.wma(C, 9)), 3)


def mcgd():
    told = [C[0]]
    for value in C[1:]:
        told.append(told[-1] + (value - told[-1]) / (14 * (value / told[-1]) ** 4))
    return told


def bands(length=20, width=2.0):
    middle, spread = pine.sma(C, length), pine.stdev(C, length)
    return (
        pine.each(lambda m, s: m + width * s, middle, spread),
        middle,
        pine.each(lambda m, s: m - width * s, middle, spread),
    )


def keltner():
    middle, reach = pine.ema(C, 20), pine.atr(H, L, C, 10)
    return pine.each(lambda m, r: m + 2 * r, middle, reach), middle, pine.each(lambda m, r: m - 2 * r, middle, reach)


def chande_kroll():
    reach = pine.atr(H, L, C, 10)
    return pine.highest(less(pine.highest(H, 10), reach), 9), pine.lowest(
        pine.each(lambda a, b: a + b, pine.lowest(L, 10), reach), 9
    )


def ichimoku():
    def middle(length):
        return pine.each(lambda h, low: (h + low) / 2, pine.highest(H, length), pine.lowest(L, length))

    short, medium, long = middle(9), middle(26), middle(52)
    lead = pine.each(lambda a, b: (a + b) / 2, short, medium)
    return short, medium, pine.back(lead, 25), pine.back(long, 25)


def connors():
    signs = [0.0]
    for now, last in zip(C[1:], C, strict=False):
        run = signs[-1]
        signs.append(0.0 if now == last else max(run, 0) + 1 if now > last else min(run, 0) - 1)
    growth = over(pine.change(C), pine.back(C, 1))
    parts = pine.rsi(C, 3), pine.rsi(signs, 2), pine.percentrank(growth, 100)
    return pine.each(lambda *three: sum(three) / 3, *parts)


def stochastic(line, smooth):
    k = pine.sma(line, smooth)
    return k, pine.sma(k, 3)


def momentum_index():
    top, bottom = pine.highest(H, 10), pine.lowest(L, 10)
    away = pine.each(lambda c, t, b: c - (t + b) / 2, C, top, bottom)
    line = over(emas(away, 3, 3), emas(less(top, bottom), 3, 3), 200)
    return line, pine.ema(line, 3)


def macd():
    line = less(pine.ema(C, 12), pine.ema(C, 26))
    signal = pine.ema(line, 9)
    return line, signal, less(line, signal)


def directions():
    up, down = pine.change(H), [None if one is None else -one for one in pine.change(L)]
    plus = pine.each(lambda u, d: u if u > d and u > 0 else 0, up, down)
    minus = pine.each(lambda u, d: d if d > u and d > 0 else 0, up, down)
    reach = pine.rma(pine.true_range(H, L, C, first=False), 14)
    plus, minus = over(pine.rma(plus, 14), reach), over(pine.rma(minus, 14), reach)
    strength = pine.each(lambda p, m: abs(p - m) / ((p + m) or 1), plus, minus)
    return plus, minus, [None if one is None else 100 * one for one in pine.rma(strength, 14)]


def chande(length):
    moved = pine.change(C)
    up = pine.total(pine.each(lambda m: max(m, 0), moved), length)
    down = pine.total(pine.each(lambda m: max(-m, 0), moved), length)
    return pine.each(lambda u, d: 100 * (u - d) / (u + d), up, down)


def strength_index():
    moved = pine.change(C)
    return over(emas(moved, 25, 13), emas(pine.each(abs, moved), 25, 13))


def historical():
    logs = pine.each(lambda now, last: math.log(now / last), C, pine.back(C, 1))
    return [None if one is None else 100 * one * math.sqrt(365) for one in pine.stdev(logs, 10)]


def mass():
    once = pine.ema(less(H, L), 9)
    return pine.total(over(once, pine.ema(once, 9), 1), 10)


def klinger():
    signed = pine.each(lambda moved, v: v if moved >= 0 else -v, pine.change(HLC3), V)
    line = less(pine.ema(signed, 34), pine.ema(signed, 55))
    return line, pine.ema(line, 13)


def balance_of_volume():
    signed = pine.each(lambda moved, v: math.copysign(v, moved) if moved else 0.0, pine.change(C), V)
    sums, told = 0.0, []
    for one in signed:
        sums += one or 0.0
        told.append(sums)
    return told


def volatility_index():
    """From the first deviation on; Pine's averages run before it on the zeros of bars that count for the other side."""
    moved, spread = pine.change(C), pine.stdev(C, 10)
    known = range(9, len(C))
    up = [None] * 9 + [spread[at] if moved[at] > 0 else 0 for at in known]
    down = [None] * 9 + [0 if moved[at] > 0 else spread[at] for at in known]
    up, down = pine.ema(up, 14), pine.ema(down, 14)
    return pine.each(lambda u, d: 100 * u / (u + d), up, down)


PLUS, MINUS, STRENGTH = directions()
RSI = pine.rsi(C, 14)
EXPECTED = {
    "sma": pine.sma(C, 9),
    "ema": pine.ema(C, 9),
    "wma": pine.wma(C, 9),
    "dema": dema(),
    "tema": tema(),
    "hma": hma(),
    "rma": pine.rma(C, 7),
    "vwma": over(pine.sma(pine.each(lambda c, v: c * v, C, V), 20), pine.sma(V, 20), 1),
    "mcgd": mcgd(),
    "bbands": bands(),
    "percentb": pine.each(lambda c, u, low: (c - low) / (u - low), C, bands()[0], bands()[2]),
    "bbw": pine.each(lambda u, m, low: 100 * (u - low) / m, *bands()),
    "kc": keltner(),
    "donchian": (
        pine.highest(H, 20),
        pine.each(lambda h, low: (h + low) / 2, pine.highest(H, 20), pine.lowest(L, 20)),
        pine.lowest(L, 20),
    ),
    "maenv": tuple([None if one is None else one * k for one in pine.sma(C, 20)] for k in (1.1, 1, 0.9)),
    "cksp": chande_kroll(),
    "supertrend": pine.supertrend(H, L, C, 3.0, 10),
    "sar": pine.sar(H, L, C),
    "ichimoku": ichimoku(),
    "rsi": RSI,
    "crsi": connors(),
    "stoch": stochastic(pine.stoch(C, H, L, 14), 1),
    "stochrsi": stochastic(pine.stoch(RSI, RSI, RSI, 14), 3),
    "smi": momentum_index(),
    "macd": macd(),
    "ppo": over(less(pine.ema(C, 12), pine.ema(C, 26)), pine.ema(C, 26)),
    "plus_di": PLUS,
    "minus_di": MINUS,
    "adx": STRENGTH,
    "cci": pine.each(lambda p, m, d: (p - m) / (0.015 * d), HLC3, pine.sma(HLC3, 20), pine.mean_deviation(HLC3, 20)),
    "cmo": chande(9),
    "cmou": chande(9),
    "mom": less(C, pine.back(C, 10)),
    "roc": over(less(C, pine.back(C, 9)), pine.back(C, 9)),
    "willr": pine.each(lambda c, h, low: 100 * (c - h) / (h - low), C, pine.highest(H, 14), pine.lowest(L, 14)),
    "ao": less(pine.sma(HL2, 5), pine.sma(HL2, 34)),
    "tsi": strength_index(),
    "dpo": less(C, pine.back(pine.sma(C, 21), 11)),
    "atr": pine.atr(H, L, C, 14),
    "adr": pine.sma(less(H, L), 14),
    "hv": historical(),
    "massi": mass(),
    "rvi": volatility_index(),
    "obv": balance_of_volume(),
    "efi": pine.ema(pine.each(lambda moved, v: moved * v, pine.change(C), V), 13),
    "emv": pine.sma(pine.each(lambda moved, r, v: 10_000 * moved * r / v, pine.change(HL2), less(H, L), V), 14),
    "kvo": klinger(),
    "vosc": over(less(pine.ema(V, 5), pine.ema(V, 10)), pine.ema(V, 10)),
    "stddev": pine.stdev(C, 5),
    "percentrank": pine.percentrank(C, 100),
}


@pytest.mark.parametrize("id_", EXPECTED)
def test_tradingviews_profile_is_pines(id_):
    """Wherever Pine has a value and TA-Lib's warm-up is over, which may be some bars longer."""
    indicator = build(id_, {}, "tradingview")
    expected = EXPECTED[id_] if isinstance(EXPECTED[id_], tuple) else (EXPECTED[id_],)
    for output, column, wanted in zip(indicator.outputs, indicator.compute(BARS), expected, strict=True):
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


def test_every_convention_of_the_profile_is_held_against_pine():
    changed = {cls.id for cls in catalogue() if overrides(cls.id, "tradingview")}
    conventions = {cls.id: {one.name for one in parameters(cls) if one.convention} for cls in catalogue()}
    assert {id_ for id_ in changed if conventions[id_] & overrides(id_, "tradingview").keys()} <= EXPECTED.keys()


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
