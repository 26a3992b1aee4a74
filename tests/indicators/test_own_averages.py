"""Averages against plain arithmetic: each expectation follows the work that the catalogue names."""

import math

import numpy as np

from indicators import build
from tests.indicators.made import flat
from tests.indicators.plain import CLOSE, HIGH, HL2, LOW, check, mean, rma, window


def test_alma():
    """Legoux: a bell with its top at 0.85 of the window and a standard deviation of a sixth of it."""
    weights = [math.exp(-((i - 0.85 * 8) ** 2) / (2 * 1.5**2)) for i in range(9)]

    def average(at):
        return sum(w * v for w, v in zip(weights, window(CLOSE, at, 9), strict=True)) / sum(weights)

    check(("alma", {}), average)


def test_vidya():
    """Chande: an EMA whose weight is scaled by |gains - losses| / (gains + losses) of the last 14 changes."""
    averages = dict.fromkeys([14], CLOSE[14])
    for at in range(15, len(CLOSE)):
        moves = [CLOSE[i] - CLOSE[i - 1] for i in range(at - 13, at + 1)]
        share = abs(sum(moves)) / sum(abs(move) for move in moves)
        weight = share * 2 / 15
        averages[at] = weight * CLOSE[at] + (1 - weight) * averages[at - 1]
    check(("vidya", {}), averages.__getitem__)


def test_mcginley():
    """MD + (price - MD) / (N (price / MD)^4), begun with the mean of N closes."""
    averages = {13: mean(CLOSE[:14])}
    for at in range(14, len(CLOSE)):
        before = averages[at - 1]
        averages[at] = before + (CLOSE[at] - before) / (14 * math.pow(CLOSE[at] / before, 4))
    check(("mcgd", {}), averages.__getitem__)


def test_mcginley_does_not_step_past_a_price_that_collapsed():
    """At a thousandth of the average, N (price / average)^4 is far below 1."""
    bars = flat(40, price=1_000.0)
    bars.close[20:] = 1.0
    (column,) = build("mcgd", {}).compute(bars)
    assert column[19:22].tolist() == [1_000.0, 1.0, 1.0]


def test_frama():
    """Ehlers: D = (log(N1 + N2) - log(N3)) / log 2, weight exp(-4.6 (D - 1)) from 0.01 to 1, of (high + low) / 2."""
    averages = {15: HL2[15]}
    for at in range(16, len(CLOSE)):
        n1 = (max(HIGH[at - 7 : at + 1]) - min(LOW[at - 7 : at + 1])) / 8
        n2 = (max(HIGH[at - 15 : at - 7]) - min(LOW[at - 15 : at - 7])) / 8
        n3 = (max(window(HIGH, at, 16)) - min(window(LOW, at, 16))) / 16
        dimension = (math.log(n1 + n2) - math.log(n3)) / math.log(2)
        weight = min(1.0, max(0.01, math.exp(-4.6 * (dimension - 1))))
        averages[at] = weight * HL2[at] + (1 - weight) * averages[at - 1]
    check(("frama", {}), averages.__getitem__)


def test_frama_of_a_straight_line_is_the_line():
    """The halves' ranges are 7 each, the whole one 15: 2^D = (7/8 + 7/8) / (15/16) < 2, so the weight is 1."""
    bars = flat(40)
    for array in (bars.high, bars.low):
        array[:] = np.arange(1.0, 41.0)
    (column,) = build("frama", {}).compute(bars)
    assert column[15:].tolist() == bars.high[15:].tolist()


def test_alligator_and_gator():
    """Williams: 13, 8 and 5 bars of SMMA, drawn 8, 5 and 3 bars ahead; the gator is their distances."""
    jaw, teeth, lips = (rma(HL2, period) for period in (13, 8, 5))
    check(("alligator", {}), lambda at: (jaw[at - 8], teeth[at - 5], lips[at - 3]))
    check(("gator", {}), lambda at: (abs(jaw[at - 8] - teeth[at - 5]), -abs(teeth[at - 5] - lips[at - 3])))
