"""Volume indicators against plain arithmetic: each expectation follows the work that the catalogue names."""

import math

import numpy as np

from indicators import build
from tests.indicators.made import flat, silent
from tests.indicators.plain import CLOSE, HIGH, HL2, LOW, VOLUME, check, ema, mean, window


def test_average_volume():
    check(("avgvol", {}), lambda at: mean(window(VOLUME, at, 20)))


def test_volume_oscillator():
    def oscillator(at):
        fast, slow = mean(window(VOLUME, at, 14)), mean(window(VOLUME, at, 28))
        return (fast - slow) / slow * 100

    check(("vosc", {}), oscillator)


def test_ease_of_movement():
    """Arms: the midpoint's move over the box ratio, (volume / 100 million) / range, 14-bar mean."""

    def move(i):
        return (HL2[i] - HL2[i - 1]) / (VOLUME[i] / 1e8 / (HIGH[i] - LOW[i]))

    check(("emv", {}), lambda at: mean([move(i) for i in range(at - 13, at + 1)]))


def test_a_bar_without_volume_moves_nothing():
    (column,) = build("emv", {"period": 1}).compute(silent(20, wakes=10))
    assert (column[1:10] == 0).all()
    assert (column[10:] != 0).any()


def test_klinger_oscillator():
    """Klinger: cm goes on while the trend does, and begins anew with dm now and before; EMA 34, 55, signal 13."""
    force = [math.nan]
    trend = cm = None
    for i in range(1, len(CLOSE)):
        rose = HIGH[i] + LOW[i] + CLOSE[i] > HIGH[i - 1] + LOW[i - 1] + CLOSE[i - 1]
        dm, before = HIGH[i] - LOW[i], HIGH[i - 1] - LOW[i - 1]
        cm = cm + dm if rose == trend else before + dm
        trend = rose
        force.append(VOLUME[i] * abs(2 * (dm / cm - 1)) * (1 if rose else -1) * 100)
    line = [f - s for f, s in zip(ema(force, 34, start=1), ema(force, 55, start=1), strict=True)]
    signal = ema(line, 13, start=55)
    check(("kvo", {}), lambda at: (line[at], signal[at]), rel=1e-8)


def test_klinger_of_nothing_is_nothing():
    line, signal = build("kvo", {}).compute(flat(100))
    assert not np.nan_to_num(line).any()
    assert not np.nan_to_num(signal).any()
