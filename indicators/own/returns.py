"""What was gained and what was lost: returns, drawdowns and the ulcer that they give."""

from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula
from indicators.indicator import Output
from indicators.own.steps import highest, later, patched, sma

Over = Annotated[int, bars("Bars over which the return is taken.", least=1)]
COMMON = "common practice"


@formula(
    "Log Return",
    "Natural logarithm of the value over the value some bars before.",
    rule="ln(value / value `period` bars ago)",
    source=COMMON,
    family="price",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("log_return", "ratio", "Null where a value is not positive."),),
    undefined_at_times=True,
)
def log_return(on: Array, *, period: Over = 1) -> Array:
    """Return the logarithm."""
    return np.log(on / later(on, period))


@formula(
    "Percent Return",
    "Value in percent above the value some bars before.",
    rule="100 * (value / value `period` bars ago - 1)",
    source=COMMON,
    family="price",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("percent_return", "percent", "Null where the earlier value is zero.", minimum=-100),),
    undefined_at_times=True,
)
def percent_return(on: Array, *, period: Over = 1) -> Array:
    """Return the percentage."""
    return 100 * (on / later(on, period) - 1)


@formula(
    "Drawdown",
    "How far the value is below its highest so far, and how far it ever was.",
    rule="100 * (value / highest value since the first bar - 1), and the lowest of it so far",
    source=COMMON,
    family="price",
    memory="anchored",
    warm_up=lambda _: 0,
    outputs=(
        Output("drawdown", "percent", "0 at a new high, below it less.", minimum=-100, maximum=0),
        Output("deepest", "percent", "Deepest drawdown so far.", minimum=-100, maximum=0),
    ),
    undefined_at_times=True,
)
def drawdown(on: Array) -> Columns:
    """Return the drawdown and the deepest one."""
    depth = 100 * (on / np.maximum.accumulate(on) - 1)
    return depth, np.fmin.accumulate(depth)


@formula(
    "Ulcer Index",
    "Root mean square of the percentages below the highest value of the window.",
    rule="sqrt(mean of (100 * (value / highest of the period - 1))^2 over the period)",
    source="Peter Martin and Byron McCann, The Investor's Guide to Fidelity Funds, 1989",
    family="volatility",
    memory="window",
    warm_up=lambda p: 2 * p.period - 2,
    outputs=(Output("ulcer", "percent", "0 while every value is the highest.", minimum=0, maximum=100),),
)
def ulcer(on: Array, *, period: Annotated[int, bars("Bars of the highest value and of the mean.")] = 14) -> Array:
    """Return the index; a window of zeros has no depth."""
    depth = patched(100 * (on / highest(on, period) - 1), period - 1)
    return np.sqrt(sma(depth * depth, period))


FORMULAS = (log_return, percent_return, drawdown, ulcer)
