"""What every declaration keeps: its inputs, its parameters' bounds, its words."""

from itertools import pairwise

import numpy as np
import pytest

from indicators import SERIES, BadParameter, build, compute_panel, declaration, parameters, stored
from tests.indicators.cases import INSTANCES, PAIRED, WALK, computed, every_class, walk_for
from tests.indicators.made import panel


@every_class
def test_the_input_can_be_chosen_or_the_choice_is_refused(cls):
    indicator = cls()
    assert cls.takes_on == ("on" in cls.inputs)
    if not cls.takes_on:
        with pytest.raises(BadParameter, match="takes no `on`"):
            computed(indicator, WALK, "hl2")
        return
    bars = walk_for(cls)
    on_close = computed(indicator, bars)[0]
    for name in SERIES:
        column = computed(indicator, bars, name)[0]
        assert np.isfinite(column[indicator.lookback() :]).all()
        assert np.array_equal(column, on_close, equal_nan=True) == (name == "close")


@every_class
def test_parameters_keep_their_bounds(cls):
    for parameter in parameters(cls):
        if parameter.minimum is None or parameter.maximum is None:
            continue  # one of some words
        assert parameter.admits(parameter.default)
        for value in (parameter.minimum, parameter.maximum):
            indicator = cls(**{parameter.name: value})
            indicator.kernel()(
                *(WALK.series({"on": "close", "against": "open"}.get(name, name)) for name in cls.inputs)
            )
            assert indicator.lookback() >= 0
        for value in (parameter.minimum - 1, parameter.maximum + 1, "x", "nan", "", True, None):
            for name in (parameter.name, *parameter.aliases):
                with pytest.raises(BadParameter) as caught:
                    build(cls.id, {name: value})  # ty: ignore[invalid-argument-type] # wrong kinds on purpose
                assert (caught.value.name, caught.value.value) == (name, value)
                assert parameter.allowed in caught.value.allowed


@every_class
def test_parameters_are_one_of_their_words(cls):
    for parameter in (p for p in parameters(cls) if p.choices):
        assert parameter.default in parameter.choices
        assert len(set(parameter.choices)) == len(parameter.choices) > 1
        assert (parameter.type, parameter.minimum, parameter.maximum) == (str, None, None)
        for word in parameter.choices:
            assert build(cls.id, {parameter.name: word}).params()[parameter.name] == word
        for value in ("xma", "", "1", 1, None):
            with pytest.raises(BadParameter, match=f"must be one of {', '.join(parameter.choices)}") as caught:
                build(cls.id, {parameter.name: value})  # ty: ignore[invalid-argument-type] # wrong kinds on purpose
            assert (caught.value.name, caught.value.value) == (parameter.name, value)


@every_class
def test_a_second_symbol_is_needed_or_refused(cls):
    indicator = cls()
    assert cls.takes_against == ("against" in cls.inputs)
    if not cls.takes_against:
        with pytest.raises(BadParameter, match="takes no `against`"):
            indicator.compute(WALK, against=WALK.close)
        return
    with pytest.raises(BadParameter, match="compares with a second symbol") as caught:
        indicator.compute(WALK)
    assert caught.value.name == "against"
    for wrong in (WALK.close[1:], WALK.close.astype(int)):
        with pytest.raises(ValueError, match="one value a bar"):
            indicator.compute(WALK, against=wrong)
    with pytest.raises(ValueError, match=f"{cls.id} needs two"):
        compute_panel(panel(WALK), [indicator])
    assert not any(type(one) is cls for one in stored())


@every_class
def test_the_declaration_is_whole(cls):
    indicator = cls()
    assert declaration(cls.id) is cls
    assert cls.title
    assert cls.meaning.endswith(".")
    assert cls.source
    assert len({output.name for output in cls.outputs}) == len(cls.outputs) == len(computed(indicator, WALK))
    assert all(output.unit and output.description.endswith(".") for output in cls.outputs)
    assert all(parameter.description.endswith(".") for parameter in parameters(cls))
    assert all(output.causal and not output.repaints for output in cls.outputs)
    named = {output.name for output in (*cls.outputs, *(cls.hindsight.outputs if cls.hindsight else ()))}
    assert cls.drawn.keys() <= named == indicator.display_shifts().keys()
    assert all(name in indicator.params() for chain in cls.ascending for name in chain)


def test_column_names_are_unique():
    instances = dict.fromkeys([*INSTANCES, *(one for each in PAIRED.values() for one in each)])
    names = [name for indicator in instances for name in indicator.column_names()]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalnum() and name == name.lower() for name in names)


def test_a_convention_stands_in_a_name_only_where_it_is_not_the_default():
    assert build("rsi", {"smoothing": "wilder"}).column_names() == ("rsi_14",)
    assert build("rsi", {"smoothing": "ema"}).column_names() == ("rsi_14_smoothing_ema",)
    assert build("bbands", {"type": "ema", "ddof": 1}).column_names()[0] == "bbands_20_2_type_ema_ddof_1_upper"
    assert build("ma", {}).column_names() == ("ma_30_sma",)  # the kind is what `ma` is about
    assert build("macdext", {"signal_type": "wma"}).column_names()[0] == "macdext_12_sma_26_sma_9_wma_macd"


# Pairs that must rise, by the names that mark them.
ORDERED = [
    *(("fast", "slow"), ("short", "medium"), ("medium", "long"), ("short", "long"), ("slow_limit", "fast_limit")),
    *(("lips", "teeth"), ("teeth", "jaw"), ("narrow", "normal"), ("normal", "wide"), ("tenkan", "kijun")),
    *(("kijun", "senkou"), ("change1", "change2"), ("change2", "change3"), ("change3", "change4")),
    *(("acceleration", "maximum"), ("smoothing", "duration"), ("ddof", "period")),
    *((f"{one}_{side}", f"maximum_{side}") for one in ("initial", "acceleration") for side in ("long", "short")),
]
# Both smoothings of Blau's index follow one another, and may be alike.
UNORDERED = {("smi", "fast", "slow")}


@every_class
def test_what_must_rise_is_declared_to(cls):
    """Every pair of these names, unless the bounds keep them apart anyway."""
    given = {one.name: one for one in parameters(cls)}
    pairs = {pair for chain in cls.ascending for pair in pairwise(chain)}
    for lower, higher in ORDERED:
        if lower in given and higher in given and (cls.id, lower, higher) not in UNORDERED:
            apart = given[lower].maximum < given[higher].minimum
            through = {(lower, middle) in pairs and (middle, higher) in pairs for middle in given}
            assert (lower, higher) in pairs or apart or any(through), (lower, higher)
    assert pairs <= set(ORDERED)


@every_class
def test_what_must_rise_is_refused_when_it_does_not(cls):
    for lower, higher in (pair for chain in cls.ascending for pair in pairwise(chain)):
        default = {one.name: one for one in parameters(cls)}
        value = max(getattr(cls(), higher), default[lower].minimum)
        given = {lower: min(value, default[lower].maximum)}
        if given[lower] < getattr(cls(), higher):  # the bounds leave room for no mistake but with another higher one
            given[higher] = default[higher].minimum
        with pytest.raises(BadParameter, match=f"must be below {higher}, which is") as caught:
            build(cls.id, given)
        assert caught.value.name == lower
