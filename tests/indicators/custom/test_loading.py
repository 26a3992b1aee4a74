"""Indicators declared in files: what they compute, and how every mistake is told with its file and line."""

import numpy as np
import pytest
import talib

from indicators import BadParameter, build, catalogue, compute_panel, declaration, definition, describe, stored_columns
from indicators.custom import BadFormula, install
from tests.indicators.expressions.made import BARS, Symbol, values
from tests.indicators.made import cut, flat, panel, walk

STRENGTH = """\
id = "strength"
title = "Strength"
meaning = "How far a value stands above its average."
stored = true
variants = [{ period = 20 }, { period = 20, smooth = 3 }]
ascending = ["smooth", "period"]

[parameters.period]
type = "integer"
default = 50
minimum = 5
maximum = 500
description = "Bars of the average."

[parameters.smooth]
type = "integer"
default = 2
minimum = 2
maximum = 20
description = "Bars of the smoothing."

[[outputs]]
unit = "ratio"
description = "The distance."
expression = "ema(on / sma(on, period) - 1, smooth)"
"""

ENVELOPE = """\
id = "envelope"
title = "Envelope"
meaning = "Two lines around the middle of the bars, and whether the close is beyond them."

[parameters.width]
type = "number"
default = 0.05
minimum = 0.001
maximum = 0.5
description = "Distance of the lines."

[[outputs]]
name = "upper"
unit = "price"
description = "Upper line."
minimum = 0
expression = "sma(hl2, 20) * (1 + width)"

[[outputs]]
name = "beyond"
unit = "signal"
description = "1 beyond the lines."
minimum = 0
maximum = 1
expression = '''
where(abs(close / sma(hl2, 20) - 1) > width,
      1, 0)
'''
"""

RATIO = """\
id = "spread"
title = "Spread"
meaning = "The strength of one less that of the other."

[[outputs]]
unit = "ratio"
description = "The difference."
expression = "strength(on, 30) - strength(against, 30)"
"""

PYTHON = '''\
from typing import Annotated

import numpy as np

from indicators.formulas import bars, formula
from indicators.indicator import Output


@formula(
    "Gap Count",
    "Bars of the window that opened above the last high.",
    rule="count of open > high a bar ago",
    source="own",
    family="custom",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("gap_count", "bars", "The count.", minimum=0),),
)
def gap_count(open, high, *, period: Annotated[int, bars("Bars looked at.")] = 10):
    """Return the count."""
    gaps = np.concatenate(([0.0], (open[1:] > high[:-1]).astype(float)))
    sums = np.cumsum(gaps)
    counted = sums.copy()
    counted[period:] = sums[period:] - sums[:-period]
    return counted


INDICATORS = (gap_count,)
STORED = (gap_count(period=5),)
'''


@pytest.fixture(autouse=True)
def _empty_shelf():
    yield
    install({})


def test_what_is_declared_joins_the_catalogue():
    shipped = catalogue()
    before = len(shipped)
    install({"strength.toml": STRENGTH, "envelope.toml": ENVELOPE})
    assert [cls.id for cls in catalogue()[before:]] == ["strength", "envelope"]
    assert catalogue()[:before] == shipped  # the same classes, not others like them
    one = build("strength", {"period": "20", "smooth": 3})
    assert (one.lookback(), one.memory, one.inputs, one.family) == (21, "convergent", ("on",), "custom")
    assert one.column_names() == ("strength_20_3",)
    told = describe(declaration("strength"))
    assert told.formula == "strength = ema(on / sma(on, period) - 1, smooth)"
    assert told.stored == ("strength_50_2", "strength_20_2", "strength_20_3")
    assert [p.name for p in told.parameters] == ["period", "smooth"]
    assert declaration("envelope").inputs == ("high", "low", "close")
    assert {"strength_50_2", "strength_20_2", "strength_20_3"} <= stored_columns().keys()
    install({})
    assert len(catalogue()) == before
    assert "strength_50_2" not in stored_columns()


def test_values_are_talibs_and_those_of_the_expression():
    install({"strength.toml": STRENGTH, "envelope.toml": ENVELOPE})
    (found,) = build("strength", {"period": 20, "smooth": 3}).compute(BARS, on="hl2")
    middle = (BARS.high + BARS.low) / 2
    np.testing.assert_allclose(found, talib.EMA(middle / talib.SMA(middle, 20) - 1, 3), rtol=1e-12)
    np.testing.assert_array_equal(found, values("ema(hl2 / sma(hl2, 20) - 1, 3)"))
    np.testing.assert_array_equal(found, values("strength(hl2, 20, 3)"))
    upper, beyond = build("envelope", {"width": 0.03}).compute(BARS)
    average = talib.SMA(middle, 20)
    np.testing.assert_allclose(upper, average * 1.03, rtol=1e-12)
    expected = np.where(np.isnan(average), np.nan, np.abs(BARS.close / average - 1) > 0.03)
    np.testing.assert_array_equal(beyond, expected)
    np.testing.assert_array_equal(values("envelope(0.03).beyond"), beyond)
    assert 10 < np.nansum(beyond) < 1_000


def test_a_panel_computes_each_symbol_alone():
    install({"strength.toml": STRENGTH})
    one = build("strength", {"period": 20})
    parts = [walk(300, seed=1), cut(walk(50), slice(0, 15)), walk(0), flat(90), walk(200, seed=4)]
    for processes in (1, 2):
        (column,) = compute_panel(panel(*parts), [one], processes=processes).values()
        np.testing.assert_array_equal(column, np.concatenate([one.compute(part)[0] for part in parts]))


def test_one_can_be_made_of_another_whatever_the_order_of_the_files():
    install({"a.toml": RATIO, "b.toml": STRENGTH})
    other = walk(len(BARS), seed=9)
    (found,) = build("spread", {}).compute(BARS, against=other.close)
    expected = [talib.EMA(c / talib.SMA(c, 30) - 1, 2) for c in (BARS.close, other.close)]
    np.testing.assert_allclose(found, expected[0] - expected[1], rtol=1e-9, atol=1e-12)
    source = Symbol(BARS, OTHER=Symbol(other))
    np.testing.assert_array_equal(values("spread(close, OTHER.close)", source), found)


def test_a_definition_changes_with_the_expression_and_with_what_it_is_made_of():
    install({"a.toml": RATIO, "b.toml": STRENGTH})
    before = definition("spread"), definition("strength")
    install({"a.toml": RATIO, "b.toml": STRENGTH.replace("Bars of", "Number of bars of")})
    assert (definition("spread"), definition("strength")) == before
    install({"a.toml": RATIO, "b.toml": STRENGTH.replace(" - 1,", " - 2,")})
    assert definition("spread") != before[0]
    assert definition("strength") != before[1]
    assert definition("rsi") == ""


def test_parameters_have_their_bounds():
    install({"strength.toml": STRENGTH})
    for given in ({"period": 4}, {"period": 501}, {"period": 20.5}, {"perod": 20}, {"period": 5, "smooth": 5}):
        with pytest.raises(BadParameter):
            build("strength", given)


EXPRESSION = 25  # its line in STRENGTH


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('id = "strength"', 'id = "Strength"', 1, "regex"),
        ('id = "strength"', 'id = "rsi"', 1, "rsi is in the catalogue"),
        ('id = "strength"', 'id = "rsi_14"', 1, "a meaning of its own"),
        ('id = "strength"', 'id = "where"', 1, "a meaning of its own"),
        ('id = "strength"', 'id = "close"', 1, "a meaning of its own"),
        ('id = "strength"\n', "", 1, "missing required field `id`"),
        ("sma(on", "smaa(on", EXPRESSION, "did you mean sma"),
        ("sma(on, period)", "sma(on, perod)", EXPRESSION, "did you mean period"),
        ("sma(on, period)", "sma(on, period, 3, 4, 5, 6)", EXPRESSION, "more than sma takes"),
        ("sma(on, period)", "sma(on, period", EXPRESSION, "is expected"),
        ("on / sma", "SPY.close / sma", EXPRESSION, "called `against`"),
        ("on / sma", "rank(on) / sma", EXPRESSION, "screens alone"),
        ("on / sma", "lag(on, -1) / sma", EXPRESSION, "nothing looks ahead"),
        ("on / sma", "strength(on) / sma", EXPRESSION, "a cycle: strength needs strength"),
        ('"ema(on / sma(on, period) - 1, smooth)"', '"period * 2"', EXPRESSION, "a series has to be in it"),
        ('"ema(on / sma(on, period) - 1, smooth)"', f'"{"-" * 60}on"', EXPRESSION, "nested deeper"),
        ('"ema(on / sma(on, period) - 1, smooth)"', '"hurst(on, 4 * period)"', 8, "allowed"),
        ("maximum = 500", "maximum = 5000", 8, "period 5000"),
        ("default = 50", "default = 501", 8, "does not lie from 5 to 500"),
        ("default = 50", "default = 7.5", 8, "whole numbers"),
        ("default = 50", "default = fifty", 10, "not TOML"),
        ('type = "integer"\ndefault = 50', 'type = "whole"\ndefault = 50', 9, "whole"),
        ("[parameters.period]", "[parameters.close]", 8, "a meaning of its own"),
        ("[parameters.period]", "[parameters.limit]", 8, "a meaning of its own"),
        ('unit = "ratio"\n', "", 22, "missing required field `unit`"),
        ('unit = "ratio"', 'units = "ratio"', 23, "allowed: expression, unit"),
        ('unit = "ratio"', 'unit = "ratio"\nmaximum = 0.0', 1, "above its maximum"),
        ("{ period = 20 }", "{ period = 3 }", 5, "period=3"),
        ("{ period = 20 }", "{ perod = 3 }", 5, "no such parameter"),
        ('["smooth", "period"]', '["smooth", "length"]', 6, "no parameter 'length'"),
        ("on / sma(on", "on / against / sma(on", 4, "never stored"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(old, new, line, told):
    assert old in STRENGTH
    with pytest.raises(BadFormula) as caught:
        install({"mine.toml": STRENGTH.replace(old, new)})
    assert str(caught.value).startswith("mine.toml, line ")
    assert told in str(caught.value)
    assert caught.value.line == line
    assert not [cls for cls in catalogue() if cls.family == "custom"]


def test_a_cycle_of_several_and_an_id_given_twice():
    first = STRENGTH.replace("on / sma", "spread(on, on) / sma")
    with pytest.raises(BadFormula, match=r"a cycle: .*strength.*spread|a cycle: .*spread.*strength"):
        install({"a.toml": first, "b.toml": RATIO})
    with pytest.raises(BadFormula, match=r"b.toml, line 1: strength is declared in a.toml, too"):
        install({"a.toml": STRENGTH, "b.toml": STRENGTH})


def test_formulas_of_formulas_are_bounded():
    plain = RATIO.replace("strength(on, 30) - strength(against, 30)", "lag(on)")
    files = {"0.toml": plain.replace('"spread"', '"f0"')}
    for level in range(1, 9):
        files[f"{level}.toml"] = plain.replace('"spread"', f'"f{level}"').replace("lag(on)", f"f{level - 1}(on)")
    with pytest.raises(BadFormula, match=r"8.toml, line 1: .*nested deeper than 8"):
        install(files)
    del files["8.toml"]
    install(files)
    np.testing.assert_array_equal(build("f7", {}).compute(BARS)[0][1:], BARS.close[:-1])


def test_python_is_run_tried_and_joined():
    install({"gaps.py": PYTHON})
    (found,) = build("gap_count", {"period": 5}).compute(BARS)
    expected = [sum(BARS.open[at] > BARS.high[at - 1] for at in range(end - 4, end + 1)) for end in range(5, len(BARS))]
    np.testing.assert_array_equal(found[5:], expected)
    assert np.isnan(found[:5]).all()
    assert "gap_count_5" in stored_columns()
    np.testing.assert_array_equal(values("gap_count(5)"), found)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("INDICATORS = (gap_count,)", "", 1, "INDICATORS must be a tuple"),
        ("INDICATORS = (gap_count,)", "INDICATORS = (1 / 0,)", 28, "ZeroDivisionError"),
        ("def gap_count(", "def gap_count(:", 19, "not Python"),
        ('family="custom"', 'family="trend"', 1, "family must be 'custom'"),
        ("open[1:] > high[:-1]", "open[:-1] > high[1:] + missing", 21, "NameError"),
        ("sums[period:] - sums[:-period]", "sums[-1]", 1, "nothing may look ahead"),
        ("return counted", "return counted[1:]", 1, "column"),
        ("return counted", "return -counted - 1", 1, "below its minimum"),
        ("STORED = (gap_count(period=5),)", "STORED = (gap_count,)", 1, "STORED must be"),
        ("gap_count", "rsi", 1, "rsi is in the catalogue"),
    ],
)
def test_a_mistake_in_python_is_told(old, new, line, told):
    assert old in PYTHON
    with pytest.raises(BadFormula) as caught:
        install({"gaps.py": PYTHON.replace(old, new)})
    assert told in str(caught.value)
    assert caught.value.line == line
