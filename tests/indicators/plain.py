"""Plain Python arithmetic on lists: how expectations are worked out, bar by bar and without NumPy or our own code."""

import math

import numpy as np

from indicators import build
from tests.indicators.sample import sample

BARS = sample(400)
CHECKED = []
"""What was checked since somebody looked: id, parameters, and the function that works a bar out."""

OPEN, HIGH, LOW, CLOSE, VOLUME = (getattr(BARS, n).tolist() for n in ("open", "high", "low", "close", "volume"))
HL2 = [(h + low) / 2 for h, low in zip(HIGH, LOW, strict=True)]


def window(values, at, period):
    """The last `period` values up to and with bar `at`."""
    assert at - period + 1 >= 0
    return values[at - period + 1 : at + 1]


def mean(values):
    return math.fsum(values) / len(values)


def variance(values, lost=0):
    middle = mean(values)
    return math.fsum((v - middle) ** 2 for v in values) / (len(values) - lost)


def true_ranges():
    """From bar 1 on; bar 0 has none."""
    return [math.nan] + [max(HIGH[i], CLOSE[i - 1]) - min(LOW[i], CLOSE[i - 1]) for i in range(1, len(CLOSE))]


def exponential(values, weight, start, count):
    """An average that begins at `start + count - 1` with the mean of `count` values; nan before."""
    averages = [math.nan] * len(values)
    average = averages[start + count - 1] = mean(values[start : start + count])
    for i in range(start + count, len(values)):
        average = averages[i] = average + weight * (values[i] - average)
    return averages


def ema(values, period, start=0):
    return exponential(values, 2 / (period + 1), start, period)


def rma(values, period, start=0):
    return exponential(values, 1 / period, start, period)


def check(indicator, expected, rel=1e-9):
    """Each column equals `expected(bar)` (a number, or one for each output) on every bar with a value."""
    id_, given = indicator
    made = build(id_, given)
    CHECKED.append((id_, given, expected))
    columns = made.compute(BARS)
    for at in range(made.lookback(), len(BARS)):
        wanted = expected(at)
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        got = tuple(float(column[at]) for column in columns)
        np.testing.assert_allclose(got, wanted, rtol=rel, atol=rel, err_msg=f"{id_} at bar {at}")
