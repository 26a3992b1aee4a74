import numpy as np
import pytest

from indicators import catalogue
from indicators.settling import TOLERANCE, fade, settles_after
from tests.indicators.cases import INSTANCES, scale
from tests.indicators.made import cut, walk

LONG = walk(7_000, seed=11)
SETTLING = [i for i in INSTANCES if i.memory == "convergent" and settles_after(i) is not None]


@pytest.mark.parametrize("indicator", SETTLING, ids=lambda i: i.column_names()[0])
def test_a_value_settles_when_it_is_said_to(indicator):
    whole = indicator.compute(LONG)
    settled = settles_after(indicator)
    for start in range(211, 3_000, 311):
        for output, late, all_along in zip(
            indicator.outputs, indicator.compute(cut(LONG, slice(start, None))), whole, strict=True
        ):
            off = np.abs(late - all_along[start:])[settled:].max()
            assert off <= TOLERANCE * scale(output, all_along), (output.name, start)


def test_a_single_average_forgets_by_its_weight():
    """0.9 ** 131 is just above a millionth, 0.9 ** 132 just below."""
    assert fade([0.1]) == 132
    assert fade([1.0]) == fade([]) == 0


@pytest.mark.parametrize("weights", [(0.1, 0.1), (0.1, 0.1, 0.1), (0.3, 0.05), (0.5, 0.2, 0.04), (0.4,) * 6])
def test_a_chain_forgets_no_later_than_said_and_not_much_earlier(weights):
    """The bars' weights in a chain, by convolution."""
    bars = np.arange(2_000)
    response = np.array([1.0])
    for weight in weights:
        response = np.convolve(response, weight * (1 - weight) ** bars)[: len(bars)]
    exact = np.flatnonzero(1 - np.cumsum(response) <= TOLERANCE)[0] + 1
    assert exact <= fade(weights) <= 1.25 * exact


def test_what_never_settles_says_so():
    for cls in catalogue():
        settled = settles_after(cls())
        if cls.memory == "window":
            assert settled == cls().lookback()
        if cls.memory == "anchored":
            assert settled is None


def test_nearly_all_convergent_ones_have_a_bound():
    """These depend on the prices: their weights may be next to nothing, or their trend need not turn."""
    unbounded = {cls.id for cls in catalogue() if cls.memory == "convergent" and settles_after(cls()) is None}
    assert unbounded <= {"vidya", "mcgd", "atrts", "vstop", "td_seq", "hilo", "pmax", "ebsw"}
