"""What every declaration keeps: its inputs, its parameters' bounds, its words."""

import numpy as np
import pytest

from indicators import SERIES, BadParameter, build, compute_panel, declaration, parameters, stored
from tests.indicators.cases import INSTANCES, WALK, computed, every_class, walk_for
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
        assert (parameter.type, parameter.minimum, parameter.maximum) == (str, None, None)
        for word in parameter.choices:
            assert build(cls.id, {parameter.name: word}).params()[parameter.name] == word
        for value in ("xma", "", "1", 1, None):
            with pytest.raises(BadParameter, match="must be one of sma, ema") as caught:
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
    assert all(name in indicator.params() for name in cls.ascending)


def test_column_names_are_unique():
    names = [name for indicator in INSTANCES for name in indicator.column_names()]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalnum() and name == name.lower() for name in names)
