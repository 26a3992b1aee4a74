"""Conventions that neither Pine nor another library shows, worked out bar by bar in plain Python."""

import math

import numpy as np
import pytest

from indicators import build
from indicators.own import bands, channels, stops
from tests.indicators.plain import BARS, CLOSE, HIGH, LOW, OPEN, check, mean, true_ranges, window

MOVES = [math.nan, *(now - last for now, last in zip(CLOSE[1:], CLOSE, strict=False))]
RANGES = true_ranges()


def first(values, period, start=0):
    """An exponential average that begins with the first value."""
    told = [math.nan] * start + [values[start]]
    for value in values[start + 1 :]:
        told.append(told[-1] + 2 / (period + 1) * (value - told[-1]))
    return told


def test_cutlers_rsi():
    def expected(at):
        moves = window(MOVES, at, 14)
        gains = math.fsum(max(one, 0) for one in moves)
        return 100 * gains / math.fsum(map(abs, moves))

    check(("rsi", {"smoothing": "sma"}), expected)


def test_the_rsi_of_exponential_averages():
    gains, losses = ([max(sign * one, 0) for one in MOVES[1:]] for sign in (1, -1))
    up, down = mean(gains[:14]), mean(losses[:14])
    told = {14: 100 * up / (up + down)}
    for at in range(15, len(CLOSE)):
        up, down = up + 2 / 15 * (gains[at - 1] - up), down + 2 / 15 * (losses[at - 1] - down)
        told[at] = 100 * up / (up + down)
    check(("rsi", {"smoothing": "ema"}), told.__getitem__)


@pytest.mark.parametrize("smoothing", ["wilder", "sma", "ema"])
def test_an_rsi_of_nothing_is_nil(smoothing):
    bars = type(BARS)(*(np.full(60, 7.0) for _ in range(5)))
    assert set(build("rsi", {"smoothing": smoothing}).compute(bars)[0][14:]) == {0.0}


@pytest.mark.parametrize(("kind", "weights"), [("sma", [1] * 10), ("wma", list(range(1, 11)))])
def test_supertrend_of_other_averages(kind, weights):
    """The trend turns on the close that leaves the band of the bar, drawn closer until a close has left it."""
    reach = [
        math.nan
        if at < 10
        else 3 * math.fsum(w * r for w, r in zip(weights, window(RANGES, at, 10), strict=True)) / sum(weights)
        for at in range(len(CLOSE))
    ]
    middle = [(h + low) / 2 for h, low in zip(HIGH, LOW, strict=True)]
    tops, bottoms = {10: middle[10] + reach[10]}, {10: middle[10] - reach[10]}
    trends = {10: 1}
    for at in range(11, len(CLOSE)):
        top, bottom, last = middle[at] + reach[at], middle[at] - reach[at], CLOSE[at - 1]
        tops[at] = top if last > tops[at - 1] else min(top, tops[at - 1])
        bottoms[at] = bottom if last < bottoms[at - 1] else max(bottom, bottoms[at - 1])
        turned = CLOSE[at] < bottoms[at] if trends[at - 1] > 0 else CLOSE[at] > tops[at]
        trends[at] = -trends[at - 1] if turned else trends[at - 1]
    check(
        ("supertrend", {"atr_type": kind}),
        lambda at: (bottoms[at] if trends[at] > 0 else tops[at], trends[at]),
    )


def test_detrended_by_half_a_period():
    check(("dpo", {"shift": "half"}), lambda at: CLOSE[at - 10] - mean(window(CLOSE, at, 20)))
    check(
        ("dpo", {"shift": "half", "earlier": "mean", "period": 15}),
        lambda at: CLOSE[at] - mean(window(CLOSE, at - 7, 15)),
    )


@pytest.mark.parametrize("ties", ["below", "at_or_below"])
def test_ranks_within_the_window(ties):
    def expected(at, period=30):
        *before, newest = window(CLOSE, at, period)
        return 100 * sum(one < newest or (ties == "at_or_below" and one == newest) for one in before) / (period - 1)

    check(("percentrank", {"window": "within", "period": 30, "ties": ties}), expected)
    two = {
        at: 100.0 * (CLOSE[at - 1] < CLOSE[at] or (ties != "below" and CLOSE[at - 1] == CLOSE[at]))
        for at in range(1, 400)
    }
    check(("percentrank", {"window": "within", "period": 2, "ties": ties}), two.__getitem__)


def test_the_connors_rank_of_ninety_nine():
    """All but the rank is as before, so the difference of two is that of the ranks."""
    growth = [math.nan, *(now / last - 1 for now, last in zip(CLOSE[1:], CLOSE, strict=False))]
    (before,), (within,) = (build("crsi", {"window": word}).compute(BARS) for word in ("before", "within"))
    for at in range(120, 400):
        ranks = [100 * sum(one < growth[at] for one in growth[at - n : at]) / n for n in (100, 99)]
        assert 3 * (before[at] - within[at]) == pytest.approx(ranks[0] - ranks[1], abs=1e-9)


def test_vhf_over_all_values_between_the_changes():
    def expected(at):
        values = window(CLOSE, at, 29)
        return (max(values) - min(values)) / math.fsum(map(abs, window(MOVES, at, 28)))

    check(("vhf", {"closes": "period_plus_one"}), expected)


def test_beta_of_prices():
    (column,) = build("beta", {"of": "prices", "period": 20}).compute(BARS, against=BARS.open)
    for at in range(19, 400):
        x, y = window(OPEN, at, 20), window(CLOSE, at, 20)
        mx, my = mean(x), mean(y)
        slope = math.fsum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / math.fsum((a - mx) ** 2 for a in x)
        assert column[at] == pytest.approx(slope, rel=1e-7)


def test_the_standard_error_of_a_regression():
    def expected(at, period=14):
        values = window(CLOSE, at, period)
        middle, centre = mean(values), (period - 1) / 2
        times = range(period)
        slope = math.fsum((t - centre) * (v - middle) for t, v in zip(times, values, strict=True)) / math.fsum(
            (t - centre) ** 2 for t in times
        )
        squares = math.fsum((v - middle - slope * (t - centre)) ** 2 for t, v in zip(times, values, strict=True))
        return math.sqrt(squares / (period - 2))

    check(("stderr", {"of": "regression"}), expected)


def test_averages_begun_with_the_first_value():
    lag = 4
    check(
        ("zlema", {"period": 9, "seed": "first"}),
        first([2 * CLOSE[at] - CLOSE[at - lag] if at >= lag else math.nan for at in range(400)], 9, lag).__getitem__,
    )
    middle = first(CLOSE, 13)
    check(("eri", {"seed": "first"}), lambda at: (HIGH[at] - middle[at], LOW[at] - middle[at]))
    triple = first(first(first(CLOSE, 12), 12), 12)
    check(("trix", {"period": 12, "seed": "first"}), lambda at: 100 * (triple[at] / triple[at - 1] - 1))
    quick, calm = first(CLOSE, 12), first(CLOSE, 26)
    check(("apo", {"seed": "first"}), lambda at: quick[at] - calm[at])


def test_blaus_index_of_wilders_averages():
    def wilder(values, period, start):
        told = [math.nan] * len(values)
        told[start + period - 1] = mean(values[start : start + period])
        for at in range(start + period, len(values)):
            told[at] = told[at - 1] + (values[at] - told[at - 1]) / period
        return told

    tops, bottoms = (
        [math.nan] * 12 + [f(window(v, at, 13)) for at in range(12, 400)] for f, v in ((max, HIGH), (min, LOW))
    )
    away = [c - (t + b) / 2 for c, t, b in zip(CLOSE, tops, bottoms, strict=True)]
    half = [(t - b) / 2 for t, b in zip(tops, bottoms, strict=True)]
    away, half = (wilder(wilder(v, 25, 12), 2, 36) for v in (away, half))
    line = [100 * a / h for a, h in zip(away, half, strict=True)]
    signal = wilder(line, 9, 37)
    check(("smi", {"type": "rma"}), lambda at: (line[at], signal[at]))


PARTS = {
    channels: ("starc", "aberration", "pmax"),
    bands: ("ce", "cksp"),
    stops: ("atrts", "vstop"),
}


@pytest.mark.parametrize(("module", "id_"), [(module, id_) for module, ids in PARTS.items() for id_ in ids])
@pytest.mark.parametrize("kind", ["sma", "ema", "wma"])
def test_ranges_that_are_a_part_are_averaged_as_told(module, id_, kind, monkeypatch):
    """It is the ATR of that kind: put in the place of Wilder's, it gives the same."""
    wanted, usual = build(id_, {"atr_type": kind}).compute(BARS), build(id_, {})
    given = usual.params()
    (reach,) = build("atr", {"period": given.get("atr", given["period"]), "type": kind}).compute(BARS)
    monkeypatch.setattr(module, "average_true_range", lambda *_, **__: reach)
    for one, other in zip(wanted, usual.compute(BARS), strict=True):
        np.testing.assert_array_equal(one, other)
