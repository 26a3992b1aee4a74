"""Every indicator with its defaults, with other parameters and conventions, and on bars that suit it."""

from itertools import combinations

import numpy as np
import pytest

from indicators import Bars, build, catalogue, parameters
from tests.indicators.made import walk


def moved(parameter):
    """Another value within the bounds; rising parameters stay so."""
    if parameter.choices:
        return parameter.choices[1]
    more = parameter.default + 3 if parameter.type is int else parameter.default * 1.25
    less = parameter.default - 1 if parameter.type is int else parameter.default * 0.8
    return next(value for value in (more, parameter.default + 1, less) if parameter.admits(value))


def further(parameter):
    """All other values of one of some words, and one of a number."""
    others = (word for word in parameter.choices if word != parameter.default)
    return tuple(others) if parameter.choices else (moved(parameter),)


def others(cls):
    """A second set of parameters, and one for every further word or convention."""
    given = parameters(cls)
    plain = {p.name: moved(p) for p in given if not p.convention}
    named = [p for p in given if p.convention or p.choices]
    again = [plain] if plain else []
    again += [{p.name: value} for p in named for value in further(p)]
    return [build(cls.id, each) for each in again]


def paired(cls):
    """Instances in which every two values of conventions meet, and each meets both sets of other parameters."""
    given = parameters(cls)
    factors = [[{}, {p.name: moved(p) for p in given if not p.convention and not p.choices}]]
    factors += [[{p.name: value} for value in (p.default, *further(p))] for p in given if p.convention or p.choices]
    return [build(cls.id, {k: v for part in case for k, v in part.items()}) for case in pairwise(factors)]


def pairwise(factors):
    """Cases, one value of each factor, in which every two values of two factors meet at least once."""
    if len(factors) < 2:
        return
    places = [(at, value) for at, factor in enumerate(factors) for value in range(len(factor))]
    open_ = {pair for pair in combinations(places, 2) if pair[0][0] != pair[1][0]}
    while open_:
        case = dict(min(open_))
        for at, factor in enumerate(factors):
            if at not in case:
                met = [
                    sum(tuple(sorted(((at, value), one))) in open_ for one in case.items())
                    for value in range(len(factor))
                ]
                case[at] = int(np.argmax(met))
        open_ -= set(combinations(sorted(case.items()), 2))
        yield [factor[case[at]] for at, factor in enumerate(factors)]


CLASSES = catalogue()
INSTANCES = list(dict.fromkeys([*(cls() for cls in CLASSES), *(one for cls in CLASSES for one in others(cls))]))
ALONE = [i for i in INSTANCES if not i.takes_against]
PAIRED = {cls: paired(cls) for cls in CLASSES}
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
