"""What the laws check of one indicator, whatever parameters it has."""

import numpy as np

from tests.indicators.cases import computed
from tests.indicators.made import cut, flat, gapped, halted, silent, walk

SHAPES = {
    "flat": flat(400),
    "flat without volume": flat(400, volume=0.0),
    "halted": halted(800),
    "gapped": gapped(600),
    "without volume": silent(400, wakes=400),
    "first volume late": silent(400, wakes=300),
    "penny": walk(400, start=0.05),
    "two": walk(2),
    "single": walk(1),
    "none": walk(0),
}


def check_nulls(indicator, bars):
    """Values from the lookback on, and nowhere else."""
    for output, column in zip(indicator.outputs, computed(indicator, bars), strict=True):
        assert column.dtype == np.float64
        assert len(column) == len(bars)
        assert np.flatnonzero(np.isfinite(column)).tolist() == list(range(indicator.lookback(), len(bars))), output.name


def check_future(indicator, bars, lengths):
    """The same values whatever comes after them."""
    whole = computed(indicator, bars)
    for length in lengths:
        for early, late in zip(computed(indicator, cut(bars, slice(0, length))), whole, strict=True):
            np.testing.assert_array_equal(early, late[:length])


def check_shape(indicator, shape, bars):
    """Finite or missing, missing in the warm-up, and within the declared bounds."""
    for output, column in zip(indicator.outputs, computed(indicator, bars), strict=True):
        assert len(column) == len(bars)
        assert np.isnan(column[: indicator.lookback()]).all()
        assert not np.isinf(column).any()
        told = (indicator, shape, output.name)
        assert output.minimum is None or np.nanmin(column, initial=np.inf) >= output.minimum - 1e-9, told
        assert output.maximum is None or np.nanmax(column, initial=-np.inf) <= output.maximum + 1e-9, told
