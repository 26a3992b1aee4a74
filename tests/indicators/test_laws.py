"""The laws that every indicator obeys, with its defaults and with other parameters."""

import numpy as np
import polars as pl
import pytest

from indicators import compute_frame, compute_panel
from tests.indicators.cases import (
    ALONE,
    CLASSES,
    INSTANCES,
    NARROW,
    WALK,
    computed,
    every_instance,
    every_lone_instance,
    scale,
    walk_for,
)
from tests.indicators.checks import SHAPES, check_future, check_nulls, check_shape
from tests.indicators.made import cut, halted, panel, silent, walk


def of_memory(*memories):
    chosen = [i for i in INSTANCES if i.memory in memories and i.id not in NARROW]
    return pytest.mark.parametrize("indicator", chosen, ids=lambda i: i.column_names()[0])


def agree(indicator, one, two, tolerance):
    for output, a, b in zip(indicator.outputs, one, two, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * scale(output, a), err_msg=output.name)


@every_instance
def test_leading_nulls_are_the_lookback_and_no_others_follow(indicator):
    check_nulls(indicator, walk_for(indicator))


@every_lone_instance
def test_a_symbol_does_not_see_another(indicator):
    short = cut(walk(500, seed=2), slice(0, indicator.lookback()))
    parts = [
        walk(700, seed=1),
        short,
        walk(1, seed=3),
        halted(600),
        silent(400, wakes=300),
        walk(0),
        walk(650, seed=4, start=2_000),
    ]
    for processes in (1, 2):
        together = compute_panel(panel(*parts), [indicator], processes=processes)
        assert tuple(together) == indicator.column_names()
        alone = [np.concatenate(columns) for columns in zip(*(computed(indicator, p) for p in parts), strict=True)]
        for column, expected in zip(together.values(), alone, strict=True):
            np.testing.assert_array_equal(column, expected)


@every_instance
def test_the_future_changes_nothing(indicator):
    check_future(indicator, WALK, (indicator.lookback() + 1, 1_300, 2_599))


@of_memory("window")
def test_a_window_needs_only_its_lookback(indicator):
    whole = computed(indicator, WALK)
    for last in (len(WALK), 2_000, 1_111):
        tail = computed(indicator, cut(WALK, slice(last - indicator.lookback() - 1, last)))
        agree(indicator, [c[last - 1 : last] for c in whole], [c[-1:] for c in tail], 1e-9)


@of_memory("convergent")
def test_a_convergent_one_forgets_where_it_began(indicator):
    long = walk(9_000, seed=11)
    whole = computed(indicator, long)
    tail = computed(indicator, cut(long, slice(3_000, None)))
    agree(indicator, [c[-1_000:] for c in whole], [c[-1_000:] for c in tail], 1e-9)


LONGER = [cls for cls in CLASSES if any(i.memory != "window" for i in INSTANCES if type(i) is cls)]


@pytest.mark.parametrize("cls", LONGER, ids=lambda cls: cls.id)
def test_one_with_a_longer_memory_is_not_called_a_window(cls):
    """With some of its parameters: Connors's short RSIs are forgotten within the rank's hundred bars."""
    assert any(
        early[start + instance.lookback()] != late[instance.lookback()]
        for instance in INSTANCES
        if type(instance) is cls and instance.memory != "window"
        for start in range(1, 60)
        for early, late in zip(
            computed(instance, cut(WALK, slice(0, 900))),
            computed(instance, cut(WALK, slice(start, 900))),
            strict=True,
        )
    )


@every_instance
def test_values_are_finite_or_missing_and_within_their_bounds(indicator):
    for shape, bars in SHAPES.items():
        check_shape(indicator, shape, bars)


@every_instance
def test_declared_bounds_hold_on_a_walk(indicator):
    check_shape(indicator, "walk", walk_for(indicator))


def test_frames_say_null_where_arrays_say_nan():
    bars = walk(300)
    frame = pl.DataFrame(
        {
            "symbol": ["A"] * 200 + ["B"] * 100,
            "date": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 10, 26), eager=True),
            "open": bars.open,
            "high": bars.high,
            "low": bars.low,
            "close": bars.close,
            "volume": bars.volume,
        }
    )
    answer = compute_frame(frame, ALONE)
    assert answer.columns == ["symbol", "date", *(name for i in ALONE for name in i.column_names())]
    assert answer.select(pl.col(pl.Float64).is_nan().any()).row(0).count(True) == 0
    for indicator in ALONE:
        expected = computed(indicator, cut(bars, slice(200, 300)))
        for name, column in zip(indicator.column_names(), expected, strict=True):
            got = answer.filter(symbol="B")[name]
            assert got.null_count() == np.isnan(column).sum()
            np.testing.assert_array_equal(got.to_numpy(), column)


def test_a_frame_whose_symbols_are_scattered_is_refused():
    frame = pl.DataFrame(
        {"symbol": ["A", "B", "A"]} | {n: [1.0] * 3 for n in ("open", "high", "low", "close", "volume")}
    )
    with pytest.raises(ValueError, match="not sorted by symbol"):
        compute_frame(frame, INSTANCES[:1])
