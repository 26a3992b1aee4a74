"""The laws for conventions that meet, and what the two ways of computing an indicator have in common."""

import numpy as np
import pytest

from indicators import build, catalogue, settles_after
from indicators.splits import SPLITS
from tests.indicators.cases import PAIRED, computed, pairwise, scale
from tests.indicators.checks import SHAPES, check_future, check_nulls, check_shape
from tests.indicators.made import cut, walk

BARS = walk(700, seed=12)
MEETING = [cls for cls, instances in PAIRED.items() if instances]
every_meeting = pytest.mark.parametrize("cls", MEETING, ids=lambda cls: cls.id)
BY_ID = {cls.id: cls for cls in catalogue()}


def test_every_two_values_meet():
    """By looking at all pairs of all factors."""
    factors = [["a", "b"], list(range(5)), list("xyz"), [True, False]]
    cases = list(pairwise(factors))
    for one in range(4):
        for other in range(one):
            wanted = {(a, b) for a in factors[one] for b in factors[other]}
            assert {(case[one], case[other]) for case in cases} == wanted
    assert len(cases) <= 20


@every_meeting
def test_the_laws_hold_for_conventions_that_meet(cls):
    for indicator in PAIRED[cls]:
        check_nulls(indicator, BARS)
        check_future(indicator, BARS, (indicator.lookback() + 1, 500))
        for shape, bars in SHAPES.items():
            check_shape(indicator, shape, bars)


@every_meeting
def test_windows_and_fading_memories_are_what_they_are_called(cls):
    """On the last bar: a window needs its lookback, and what fades has settled when it is said to."""
    bars = walk(3_000, seed=13)
    for indicator in PAIRED[cls]:
        settled = settles_after(indicator)
        if settled is None or settled > len(bars):
            continue
        tolerance = 1e-9 if indicator.memory == "window" else 1e-6
        tail = computed(indicator, cut(bars, slice(len(bars) - settled - 1, len(bars))))
        for output, late, whole in zip(indicator.outputs, tail, computed(indicator, bars), strict=True):
            assert abs(late[-1] - whole[-1]) <= tolerance * scale(output, whole), (indicator, output.name)


# Composed for the one way that TA-Lib does not know, and never told TA-Lib's.
ONE_WAY = {"cmo", "sar", "obv", "vhf", "beta", "plus_di", "minus_di", "adx"}


@pytest.mark.parametrize("id_", sorted(SPLITS.keys() - ONE_WAY))
def test_composed_with_talibs_conventions_it_is_talibs(id_):
    """What is composed for other conventions gives TA-Lib's own values if told TA-Lib's, once a start has worn off."""
    indicator = BY_ID[id_]()
    bars = walk(2_000, seed=14, decimals=10)
    split = SPLITS[id_]
    names = {"on": "close", "against": "open"}
    composed = split.function(*(bars.series(names.get(one, one)) for one in split.inputs), **indicator.params())
    for ours, theirs in zip(
        composed if isinstance(composed, tuple) else (composed,), computed(indicator, bars), strict=True
    ):
        size = np.nanmax(np.abs(theirs))
        np.testing.assert_allclose(ours[-900:], theirs[-900:], rtol=0, atol=1e-9 * size)


@pytest.mark.parametrize("id_", SPLITS)
def test_every_convention_makes_a_difference(id_):
    """On one set of bars or another: a first bar, a tie and a first side show on some only."""
    cls = BY_ID[id_]
    for name, _, default in SPLITS[id_].conventions:
        for value in _others(cls, name, default):
            other, usual = build(id_, {name: value}), cls()
            assert any(_differ(other, usual, walk(400, seed=seed)) for seed in range(20)), (name, value)


def _others(cls, name, default):
    instances = {getattr(one, name) for one in PAIRED[cls]}
    return instances - {default}


def _differ(one, two, bars):
    return not all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(computed(one, bars), computed(two, bars), strict=True)
    )
