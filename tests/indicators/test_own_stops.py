"""Stops, turns and counts against plain arithmetic and small cases worked out by hand."""

from itertools import pairwise

import numpy as np
import pytest

from indicators import Bars, build
from tests.indicators.plain import BARS, CLOSE, check, rma, true_ranges


def bars_of(closes):
    close = np.array(closes, dtype=float)
    return Bars(close, close, close, close, np.ones(len(close)))


def test_atr_trailing_stop():
    """Vervoort's four cases, by the stop before and on which side of it this close and the last one are."""
    average = rma(true_ranges(), 21, start=1)
    stops = {21: CLOSE[21] - 3 * average[21]}
    for at in range(22, len(CLOSE)):
        before, loss = stops[at - 1], 3 * average[at]
        if CLOSE[at] > before and CLOSE[at - 1] > before:
            stops[at] = max(before, CLOSE[at] - loss)
        elif CLOSE[at] < before and CLOSE[at - 1] < before:
            stops[at] = min(before, CLOSE[at] + loss)
        else:
            stops[at] = CLOSE[at] - loss if CLOSE[at] > before else CLOSE[at] + loss
    check(("atrts", {}), lambda at: (stops[at], 1 if CLOSE[at] > stops[at] else -1))
    assert min(sum(CLOSE[at] > stop for at, stop in stops.items()), sum(CLOSE[at] < s for at, s in stops.items())) > 50


def test_volatility_stop():
    """Wilder: three ATR(7) off the significant close, the best one of the trade; a close beyond it turns the trade."""
    average = rma(true_ranges(), 7, start=1)
    expected, since, side = {}, 7, 1
    for at in range(7, len(CLOSE)):
        if at > 7 and side * (CLOSE[at] - expected[at - 1][0]) < 0:
            since, side = at, -side
        trade = CLOSE[since : at + 1]
        significant = max(trade) if side > 0 else min(trade)
        expected[at] = (significant - side * 3 * average[at], side)
    check(("vstop", {}), expected.__getitem__)
    assert {side for _, side in expected.values()} == {1, -1}


def test_zigzag_tells_a_turn_on_the_bar_that_makes_it_certain():
    """Ten percent: 100 is a low once 110 is reached, 120 a high at 108, 90 a low at 99 (90 * 1.1)."""
    closes = [105, 100, 104, 111, 120, 109, 108, 90, 98, 99, 97]
    turns, trends = build("zigzag", {"percent": 10}).compute(bars_of(closes))
    assert turns.tolist() == [105, 105, 105, 100, 100, 100, 120, 120, 120, 90, 90]
    assert trends.tolist() == [0, 0, 0, 1, 1, 1, -1, -1, -1, 1, 1]


def test_zigzag_of_a_walk_alternates_between_highs_and_lows_five_percent_apart():
    turns, trends = build("zigzag", {}).compute(BARS)
    changes = [at for at in range(1, len(turns)) if trends[at] != trends[at - 1]]
    assert len(changes) > 10
    for earlier, later in pairwise(changes):
        assert trends[later] == -trends[earlier]
        assert abs(turns[later] / turns[earlier] - 1) >= 0.047  # 5 percent of the lower one, or of the higher one
    for at in changes:
        assert turns[at] in CLOSE[:at]
        assert trends[at] * (CLOSE[at] / turns[at] - 1) >= 0.05 - 1e-12


@pytest.mark.parametrize(
    ("closes", "up", "down"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 3, 5, 7], [1, 2, 3, 0, 0, 1], [0, 0, 0, 1, 0, 0]),  # 5 > 1, 6 > 2, 7 > 3, 3 < 4, 5 = 5
        ([9, 9, 9, 9, 8, 7, 6, 5, 4], [0, 0, 0, 0, 0], [1, 2, 3, 4, 5]),
    ],
)
def test_td_setup_counts_bars_in_a_row(closes, up, down):
    above, below = build("td_seq", {}).compute(bars_of(closes))
    assert above[4:].tolist() == up
    assert below[4:].tolist() == down
