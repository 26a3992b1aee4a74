"""One comparison: an indicator of ours, the same elsewhere, and why they differ where they do."""

from enum import StrEnum
from importlib import import_module
from types import ModuleType

import msgspec
import numpy as np

from indicators import Bars, Indicator, build
from indicators.bars import Array

SETTLED = 1_000  # bars after which no seed should show
AGAINST = "open"  # what stands in for another symbol's series
TOLERANCE = 1e-9  # of the column's size: room for two orders of summation

# Reasons that recur.
SEED = "Starts its averages with the first value, TA-Lib with the mean of the first window."
PI = "Takes pi as 3.1415926, and another branch where the cosine's sum is below 0.001."
START = "Begins with another value, or on another bar."
FAST_FIRST = "Starts the fast average before the slow one, TA-Lib both together."
SAMPLE = "Deviation of the sample; ours is the population's."
CLOSES = "EMA of closes in the middle; TA-Lib takes typical prices."
SIMPLE_RANGE = "Mean of the true ranges for Wilder's average."


def peer(module: str) -> ModuleType:
    """Import a library that only `make parity` installs; until it is asked, all else does without it."""
    return import_module(module)


def option(text: str) -> tuple[str, float | str]:
    """Read `length=14`, `mamode=ema` or `centered=False`."""
    name, _, value = text.partition("=")
    if value in {"True", "False"}:
        return name, value == "True"
    if value.isalpha():
        return name, value
    number = float(value)
    return name, int(number) if number.is_integer() and "." not in value else number


class Verdict(StrEnum):
    """How two implementations compare."""

    EQUAL = "equal"
    SETTLES = "equal once settled"
    DIFFERS = "differs"


class Case(msgspec.Struct, frozen=True):
    """Our indicator with `given` parameters, the other's function with `options`, of whose outputs it is these."""

    id: str
    function: str
    options: str = ""
    given: str = ""
    outputs: tuple[int, ...] = (0,)
    on: str = "close"  # our input, where the other has made its own choice
    scale: float = 1.0  # what the other's values are multiplied by
    reason: str = ""

    def ours(self) -> Indicator:
        """Return the indicator with the case's parameters."""
        return build(self.id, dict(pair.split("=") for pair in self.given.split()))


def compare(ours: Indicator, theirs: tuple[Array, ...], bars: Bars, on: str = "close") -> Verdict:
    """Hold an indicator's columns against the other's; raises ValueError when there is too little to compare."""
    columns = ours.compute(bars, on, bars.series(AGAINST) if ours.takes_against else None)
    worst = [_differences(*pair) for pair in zip(columns, theirs, strict=False)]  # the other may have fewer
    if all(differences.max() <= TOLERANCE for differences in worst):
        return Verdict.EQUAL
    settled = all(differences[SETTLED:].max() <= TOLERANCE for differences in worst)
    return Verdict.SETTLES if settled else Verdict.DIFFERS


def _differences(ours: Array, theirs: Array) -> Array:
    """Return the differences in units of our column's size, nil where only one has a value."""
    padded = np.concatenate((np.full(len(ours) - len(theirs), np.nan), theirs))
    common = np.isfinite(ours) & np.isfinite(padded)
    if np.isnan(ours).all() and np.isnan(padded).all():
        return np.zeros(len(ours))
    if common[SETTLED:].sum() < len(ours) / 2 - SETTLED / 2:
        raise ValueError("too few common values")
    size = max(1.0, np.abs(ours[common]).max())
    return np.where(common, np.abs(np.where(common, ours - padded, 0)) / size, 0)
