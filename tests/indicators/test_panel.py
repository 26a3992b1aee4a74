import numpy as np
import pytest

from indicators import Panel, build, compute_panel
from tests.indicators.made import panel, walk


def test_bars_are_views_on_a_symbols_rows():
    whole = panel(walk(5, seed=1), walk(7, seed=2))
    bars = whole.bars(1)
    assert len(bars) == 7
    assert np.shares_memory(bars.close, whole.close)
    np.testing.assert_array_equal(bars.volume, walk(7, seed=2).volume)


def test_read_only_bars_will_do():
    """The API hands over memory-mapped columns."""
    whole = panel(walk(300))
    for name in ("open", "high", "low", "close", "volume"):
        getattr(whole, name).flags.writeable = False
    for id_ in ("rsi", "obv", "ichimoku", "zscore", "hv"):
        (first, *_) = compute_panel(whole, [build(id_, {})]).values()
        np.testing.assert_array_equal(first, build(id_, {}).compute(whole.bars(0))[0])


@pytest.mark.parametrize("offsets", [[0, 2], [0, 1, 3], [1, 2, 4], [0, 1, 2, 4]])
def test_offsets_that_do_not_fit_are_refused(offsets):
    ones = np.ones(4)
    with pytest.raises(ValueError, match="offsets go from 0"):
        Panel(("A", "B"), np.array(offsets), ones, ones, ones, ones, ones)
