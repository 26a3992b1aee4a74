"""Every indicator with its defaults, with other parameters, and on bars that suit it."""

import numpy as np
import pytest

from indicators import Bars, build, catalogue, parameters
from tests.indicators.made import walk


def moved(parameter):
    """Another value within the bounds; rising parameters stay so."""
    if parameter.choices:
        return parameter.choices[1]
    more = parameter.default + 3 if parameter.type is int else parameter.default * 1.25
    return more if parameter.admits(more) else parameter.default * 0.8


def others(cls):
    """A second set of parameters, and one for every further word that a parameter may be."""
    given = parameters(cls)
    again = [{p.name: moved(p) for p in given}] if given else []
    again += [{p.name: word} for p in given for word in p.choices[1:]]
    return [build(cls.id, each) for each in again]


CLASSES = catalogue()
INSTANCES = [cls() for cls in CLASSES] + [one for cls in CLASSES for one in others(cls)]
ALONE = [i for i in INSTANCES if not i.takes_against]
WALK = walk(2_600)
SMALL = Bars(*(WALK.series(name) / 1e7 for name in ("open", "high", "low", "close", "volume")))
# Functions without a value, or with one value only, beyond a few units.
NARROW = {"acos", "asin", "exp", "sinh", "cosh", "tanh"}

every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.id)
every_instance = pytest.mark.parametrize("indicator", INSTANCES, ids=lambda i: i.column_names()[0])
every_lone_instance = pytest.mark.parametrize("indicator", ALONE, ids=lambda i: i.column_names()[0])


def computed(indicator, bars, on="close"):
    """The columns; where a second symbol is needed, its series are the bars' opens."""
    return indicator.compute(bars, on, bars.open if indicator.takes_against else None)


def walk_for(indicator):
    """A walk on which the indicator has values."""
    return SMALL if indicator.id in NARROW else WALK


def scale(output, values):
    """What an absolute error is measured against: the size of the inputs where those are subtracted from each other."""
    prices = {"price squared": 1e4, "price": 1e2, "price per bar": 1e2}
    return max(prices.get(output.unit, 1.0), float(np.nanmax(np.abs(values), initial=0)))
