"""Pivot points of one bar, worked out by hand: open 100, high 112, low 97, close 106."""

import numpy as np
import pytest

from indicators import Bars, build

LEVELS = {
    # P = 315/3 = 105; R1 = 210 - 97, S1 = 210 - 112; R2, S2 = 105 +- 15; R3 = 112 + 2 * 8, S3 = 97 - 2 * 7
    "pivots": [105, 113, 120, 128, 98, 90, 83],
    # 0.382, 0.618 and 1 times the range of 15: 5.73, 9.27, 15
    "pivots_fibonacci": [105, 110.73, 114.27, 120, 99.27, 95.73, 90],
    # P = (112 + 97 + 212) / 4 = 105.25; R1 = 210.5 - 97, S1 = 210.5 - 112
    "pivots_woodie": [105.25, 113.5, 120.25, 98.5, 90.25],
    # 1.1 * 15 = 16.5: a twelfth 1.375, a sixth 2.75, a quarter 4.125, half 8.25, around the close
    "pivots_camarilla": [105, 107.375, 108.75, 110.125, 114.25, 104.625, 103.25, 101.875, 97.75],
    # it rose: X = 2 * 112 + 97 + 106 = 427
    "pivots_demark": [106.75, 116.5, 101.5],
}


@pytest.mark.parametrize("id_", LEVELS)
def test_the_levels_of_the_bar_before(id_):
    later = [50.0, 51.0, 49.0, 50.0]  # the bar that the levels stand at has no say in them
    bars = Bars(*(np.array(pair, dtype=float) for pair in zip([100, 112, 97, 106], later, strict=True)), np.ones(2))
    columns = build(id_, {}).compute(bars)
    assert all(np.isnan(column[0]) for column in columns)
    np.testing.assert_allclose([column[1] for column in columns], LEVELS[id_], rtol=1e-12)


@pytest.mark.parametrize(
    ("opened", "levels"),
    [
        (110, [103, 109, 94]),  # it fell: X = 112 + 2 * 97 + 106 = 412
        (106, [105.25, 113.5, 98.5]),  # it did neither: X = 112 + 97 + 2 * 106 = 421
    ],
)
def test_demark_asks_how_the_bar_went(opened, levels):
    bars = Bars(*(np.array([price, price], dtype=float) for price in (opened, 112, 97, 106)), np.ones(2))
    assert [column[1] for column in build("pivots_demark", {}).compute(bars)] == levels
