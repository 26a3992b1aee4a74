"""Patterns drawn by hand after ten ordinary bars: open 100, high 103, low 99, close 102."""

import numpy as np
import pytest

from indicators import Bars, build, catalogue

ORDINARY = (100, 103, 99, 102)


def told(id_, *drawn, **given):
    """What the pattern says of the bars drawn."""
    columns = np.array([ORDINARY] * 14 + list(drawn), dtype=float).T.copy()
    (column,) = build(id_, given).compute(Bars(*columns, np.ones(columns.shape[1])))
    return column[-len(drawn) :].tolist()


@pytest.mark.parametrize(
    ("id_", "drawn", "signals"),
    [
        ("cdldoji", [(100, 103, 97, 100.1)], [100]),
        ("cdldoji", [(100, 103, 97, 101)], [0]),
        ("cdlengulfing", [(102, 103, 99, 100), (99, 105, 98, 104)], [0, 100]),
        ("cdlengulfing", [(102, 103, 99, 100), (100, 105, 98, 104)], [0, 80]),
        ("cdlengulfing", [(103, 104, 98, 99)], [-100]),
        ("cdlmarubozu", [(100, 106, 100, 106)], [100]),
        ("cdlmarubozu", [(106, 106, 100, 100)], [-100]),
        ("cdlharami", [(100, 110, 99, 109), (106, 107, 103, 105)], [0, -100]),
        ("cdlspinningtop", [(100, 105, 95, 101)], [100]),
        ("cdl3outside", [(102, 103, 99, 100), (99, 105, 98, 104), (104, 107, 103, 106)], [0, 0, 100]),
        # An inside bar, a fall below both, and then a close above the inside bar's high.
        (
            "cdlhikkake",
            [(100, 104, 96, 102), (100, 103, 98, 101), (99, 102, 95, 96), (99, 106, 98, 105)],
            [0, 0, 100, 200],
        ),
    ],
)
def test_a_pattern_drawn_by_hand(id_, drawn, signals):
    assert told(id_, *drawn) == signals


def test_penetration_says_how_deep_the_last_close_must_lie():
    """Body from 100 to 110; the black bar closes at 104, 0.6 of it deep."""
    drawn = (100, 111, 99, 110), (112, 113, 103, 104)
    assert told("cdldarkcloudcover", *drawn) == [0, -100]
    assert told("cdldarkcloudcover", *drawn, penetration=0.59) == [0, -100]
    assert told("cdldarkcloudcover", *drawn, penetration=0.61) == [0, 0]


def test_there_are_61_and_seven_have_a_penetration():
    patterns = [cls for cls in catalogue() if cls.family == "patterns"]
    assert len(patterns) == 61
    assert sum(cls().params().keys() == {"penetration"} for cls in patterns) == 7
