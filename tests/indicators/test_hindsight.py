"""Outputs that stand on bars before they were known: marked, apart from all others, and by hand."""

import numpy as np
import pytest

from indicators import BadParameter, LooksAhead, build, catalogue, causal_output, stored_columns
from tests.indicators.cases import CLASSES, INSTANCES, WALK
from tests.indicators.checks import SHAPES
from tests.indicators.made import cut, walk
from tests.indicators.plain import BARS, CLOSE, HIGH, LOW, mean, window

LATE = [cls for cls in CLASSES if cls.hindsight]
EVERY = [one for one in INSTANCES if one.hindsight]
every_late = pytest.mark.parametrize("indicator", EVERY, ids=lambda i: i.column_names()[0])


def test_they_are_these():
    assert {cls.id: [output.name for output in cls.hindsight.outputs] for cls in LATE} == {
        "dpo": ["centred"],
        "fractal": ["peak", "trough"],
        "ichimoku": ["chikou"],
        "zigzag": ["line"],
    }
    assert [o.name for cls in LATE for o in cls.hindsight.outputs if o.repaints] == ["line"]
    assert not any(output.causal for cls in LATE for output in cls.hindsight.outputs)


@every_late
def test_the_future_does_change_them(indicator):
    """Each says of some bar what was not known on it; only one that repaints takes back what it said."""
    whole = indicator.compute_hindsight(WALK)
    for at, output in enumerate(indicator.hindsight.outputs):
        grew, moved = False, False
        for length in range(1_000, 1_200):
            early = indicator.compute_hindsight(cut(WALK, slice(0, length)))[at]
            late = whole[at][:length]
            told = np.isfinite(early)
            grew |= bool((np.isfinite(late) & ~told).any())
            moved |= not np.array_equal(early[told], late[told])
        assert grew, output.name
        assert moved == output.repaints, output.name


@every_late
def test_what_is_drawn_behind_is_certain_by_then(indicator):
    """Nothing changes before the last bars, as many as it is drawn behind."""
    whole, shifts = indicator.compute_hindsight(WALK), indicator.display_shifts()
    for at, output in enumerate(indicator.hindsight.outputs):
        if not output.repaints:
            certain = 1_500 + shifts[output.name]
            early = indicator.compute_hindsight(cut(WALK, slice(0, 1_500)))[at]
            np.testing.assert_array_equal(early[:certain], whole[at][:certain])
            assert np.isnan(early[certain:]).all()
            assert shifts[output.name] < 0


@every_late
@pytest.mark.parametrize("shape", SHAPES)
def test_they_are_finite_or_missing(indicator, shape):
    bars = SHAPES[shape]
    columns = indicator.compute_hindsight(bars)
    assert len(columns) == len(indicator.hindsight.outputs)
    for column in columns:
        assert (column.dtype, len(column)) == (np.float64, len(bars))
        assert not np.isinf(column).any()


def test_nothing_of_it_is_stored_or_computed_unasked():
    for cls in LATE:
        names = {output.name for output in cls.hindsight.outputs}
        assert len(cls().compute(WALK)) == len(cls.outputs) == len(cls().column_names())
        assert not any(column.startswith(f"{cls.id}_") and column.endswith(tuple(names)) for column in stored_columns())


def test_all_others_have_none():
    assert build("rsi", {}).compute_hindsight(WALK) == ()
    with pytest.raises(BadParameter, match="takes no `on`"):
        build("ichimoku", {}).compute_hindsight(WALK, "hl2")


def test_screens_and_formulas_are_told_which_to_use():
    for cls in catalogue():
        assert [causal_output(cls, output.name) for output in cls.outputs] == list(range(len(cls.outputs)))
    assert causal_output(type(build("ichimoku", {})), "chiku") is None
    with pytest.raises(LooksAhead, match="ichimoku's chikou is known only on later bars than its own") as caught:
        causal_output(type(build("ichimoku", {})), "chikou")
    assert caught.value.allowed == ("tenkan", "kijun", "senkou_a", "senkou_b")


def test_chikou_is_a_later_close():
    (chikou,) = build("ichimoku", {}).compute_hindsight(BARS)
    assert chikou[:-26].tolist() == CLOSE[26:]


@pytest.mark.parametrize(("shift", "back"), [("half_plus_one", 11), ("half", 10)])
def test_centred_is_the_value_less_the_mean_around_it(shift, back):
    (centred,) = build("dpo", {"shift": shift}).compute_hindsight(BARS)
    for at in range(60, 300):
        assert centred[at] == pytest.approx(CLOSE[at] - mean(window(CLOSE, at + back, 20)), abs=1e-9)


def test_peaks_and_troughs_stand_out_from_their_neighbours():
    peak, trough = build("fractal", {"left": 3, "right": 2}).compute_hindsight(BARS)
    for at in range(20, 380):
        around = [*range(at - 3, at), *range(at + 1, at + 3)]
        assert (peak[at] == HIGH[at]) == all(HIGH[at] > HIGH[other] for other in around)
        assert (trough[at] == LOW[at]) == all(LOW[at] < LOW[other] for other in around)


def test_the_zigzag_by_hand():
    """Up from 100 to 110, down to 99, up to 108, and 4 % back, which turns nothing at 5 %."""
    values = [100, 104, 110, 107, 103, 99, 102, 108, 106, 104]
    bars = walk(len(values))
    bars.close[:] = values
    (line,) = build("zigzag", {"percent": 5}).compute_hindsight(bars)
    drawn = [100, 105, 110, 110 - 11 / 3, 110 - 22 / 3, 99, 103.5, 108]
    np.testing.assert_allclose(line[:8], drawn)
    assert np.isnan(line[8:]).all()
