"""The last values of histories are, to the bit, the last of those on the whole, whichever way they are computed."""

import numpy as np
import pytest

from indicators import compute_panel, stored
from indicators.tails import STRETCH, way
from tests.indicators.made import panel, walk

LENGTHS = (2 * STRETCH + 61, 40, 3, STRETCH)
PARTS = [walk(length, seed=seed) for seed, length in enumerate(LENGTHS, 1)]
WHOLE = panel(*PARTS)


def ends(column, last):
    """Return the last rows of each symbol."""
    stops = np.cumsum(LENGTHS)
    return np.concatenate([column[stop - count : stop] for stop, count in zip(stops, last, strict=True)])


@pytest.mark.parametrize("last", [(1, 1, 1, 1), (STRETCH + 1, 5, 0, 2), LENGTHS], ids=["one", "some", "all"])
def test_ends_are_those_of_all(last):
    chosen = stored()
    found = compute_panel(WHOLE, chosen, last=np.array(last))
    expected = compute_panel(WHOLE, chosen, last=np.array(LENGTHS))
    for name, column in expected.items():
        np.testing.assert_array_equal(found[name], ends(column, last), err_msg=name)


@pytest.mark.parametrize("how", ["window", "stretches"])
def test_what_is_computed_on_less_is_what_the_whole_gives(how):
    """To the bit where a value comes of its window by the same steps, and for patterns, which are whole numbers."""
    chosen = [indicator for indicator in stored() if way(indicator) == how]
    assert len(chosen) > 20
    found = compute_panel(WHOLE, chosen, last=np.array(LENGTHS))
    for indicator in chosen:
        by_symbol = [indicator.compute(bars) for bars in PARTS]
        for place, name in enumerate(indicator.column_names()):
            expected = np.concatenate([outputs[place] for outputs in by_symbol])
            np.testing.assert_array_equal(found[name], expected, err_msg=name)
