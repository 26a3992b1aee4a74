"""What no other library counts as we do, against plain arithmetic."""

import math

import numpy as np
import pytest

from indicators import build
from tests.indicators.made import flat, walk
from tests.indicators.plain import (
    BARS,
    CLOSE,
    HIGH,
    HL2,
    LOW,
    VOLUME,
    check,
    ema,
    mean,
    rma,
    true_ranges,
    variance,
    window,
)


def test_pretty_good_oscillator():
    """Johnson: the distance from the 14-bar mean, over an EMA of true ranges (pandas-ta takes the EMA of the ATR)."""
    average = ema(true_ranges(), 14, start=1)
    check(("pgo", {}), lambda at: (CLOSE[at] - mean(window(CLOSE, at, 14))) / average[at])


def test_inertia():
    """Dorsey's RVI: deviations of 10 bars counted as gains on rising bars; a 20-bar regression's end."""
    spreads = [math.nan] * 9 + [math.sqrt(variance(window(CLOSE, at, 10))) for at in range(9, len(CLOSE))]
    up = [math.nan] * 9 + [spreads[i] if CLOSE[i] > CLOSE[i - 1] else 0.0 for i in range(9, len(CLOSE))]
    down = [math.nan] * 9 + [spreads[i] if CLOSE[i] < CLOSE[i - 1] else 0.0 for i in range(9, len(CLOSE))]
    ups, downs = rma(up, 14, start=9), rma(down, 14, start=9)
    index = [100 * u / (u + d) for u, d in zip(ups, downs, strict=True)]

    def end(at):
        values = window(index, at, 20)
        slope = sum((t - 9.5) * v for t, v in enumerate(values)) / sum((t - 9.5) ** 2 for t in range(20))
        return mean(values) + 9.5 * slope

    check(("inertia", {}), end, rel=1e-7)


def test_clenow_momentum():
    """The slope of the logarithms, a year's worth of it, times r squared: 90 bars."""

    def momentum(at):
        logs = [math.log(value) for value in window(CLOSE, at, 90)]
        times = [t - 44.5 for t in range(90)]
        spread = sum(t * t for t in times)
        slope = sum(t * v for t, v in zip(times, logs, strict=True)) / spread
        left = sum((v - mean(logs) - slope * t) ** 2 for t, v in zip(times, logs, strict=True))
        return 100 * (math.exp(slope * 252) - 1) * (1 - left / (90 * variance(logs)))

    check(("clenow", {}), momentum, rel=1e-8)


def test_clenow_momentum_of_nothing_is_nothing():
    (column,) = build("clenow", {}).compute(flat(120))
    assert column[89:] == pytest.approx(0, abs=1e-9)


def test_thermometer():
    """Elder: the greater of what sticks out above and below, nothing for an inside bar; EMA(22)."""
    heat = [math.nan] + [max(HIGH[i] - HIGH[i - 1], LOW[i - 1] - LOW[i], 0) for i in range(1, len(HIGH))]
    average = ema(heat, 22, start=1)
    check(("thermo", {}), lambda at: (heat[at], average[at]))


def test_relative_strength():
    """Up 20 percent where the other rose by 50: 1.2 / 1.5 is a fifth less."""
    bars = walk(3)
    bars.close[:] = [100, 110, 120]
    (column,) = build("relstrength", {"period": 2}).compute(bars, against=np.array([10.0, 11.0, 15.0]))
    assert np.isnan(column[:2]).all()
    assert column[2] == pytest.approx(-20, rel=1e-12)


def test_hilo():
    """Krausz: the mean of 21 lows while rising, of 13 highs while falling; turned by yesterday's means."""
    rising = True
    lines = {}
    for at in range(21, len(CLOSE)):
        above, below = mean(window(HIGH, at - 1, 13)), mean(window(LOW, at - 1, 21))
        rising = True if CLOSE[at] > above else False if CLOSE[at] < below else rising
        lines[at] = (mean(window(LOW, at, 21)) if rising else mean(window(HIGH, at, 13)), 1 if rising else -1)
    check(("hilo", {}), lines.__getitem__)
    assert {trend for _, trend in lines.values()} == {1, -1}


def test_guppy_averages():
    averages = [ema(CLOSE, period) for period in (3, 5, 8, 10, 12, 15, 30, 35, 40, 45, 50, 60)]
    check(("gmma", {}), lambda at: tuple(average[at] for average in averages))


def test_starc_bands():
    """Stoller: six closes' mean, two ATR(15) up and down."""
    average = rma(true_ranges(), 15, start=1)

    def bands(at):
        middle = mean(window(CLOSE, at, 6))
        return middle + 2 * average[at], middle, middle - 2 * average[at]

    check(("starc", {}), bands)


def test_volume_weighted_macd():
    """Dormeier: EMA of worth over EMA of volume, 12 less 26, and an EMA(9) of that."""
    worth = [c * v for c, v in zip(CLOSE, VOLUME, strict=True)]
    fast, slow = ([w / v for w, v in zip(ema(worth, n), ema(VOLUME, n), strict=True)] for n in (12, 26))
    line = [f - s for f, s in zip(fast, slow, strict=True)]
    signal = ema(line, 9, start=25)
    check(("vwmacd", {}), lambda at: (line[at], signal[at], line[at] - signal[at]), rel=1e-8)


def test_lag():
    check(("lag", {"period": 3}), lambda at: CLOSE[at - 3])


def test_mesa_sine_wave():
    """Ehlers: the phase of the five-bar wave, a quarter turn on (Tulip's pi ends at 3.1415926)."""

    def sines(at):
        newest_first = window(CLOSE, at, 5)[::-1]
        real = sum(v * math.cos(2 * math.pi * j / 5) for j, v in enumerate(newest_first))
        imaginary = sum(v * math.sin(2 * math.pi * j / 5) for j, v in enumerate(newest_first))
        phase = math.atan(imaginary / real) + (math.pi if real < 0 else 0) + math.pi / 2
        return math.sin(phase), math.sin(phase + math.pi / 4)

    check(("msw", {}), sines, rel=1e-8)


def test_trend_of_the_middles():
    check(("ttm_trend", {}), lambda at: 1 if CLOSE[at] > mean(window(HL2, at, 6)) else -1)
    assert len(BARS) > 300
