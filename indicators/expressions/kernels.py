"""Functions of values on the same bar: float arrays in, a float array out, NaN for no value, never infinite.

A truth is 1 or 0. `and` and `or` go by what is known: false and null is false, true or null is true.
"""

from collections.abc import Callable, Mapping

import numpy as np

from indicators.bars import Array

Kernel = Callable[..., Array]


def _finite(function: Callable[..., Array]) -> Kernel:
    """Return a function without a value wherever the result is not finite."""

    def settled(*arguments: Array) -> Array:
        with np.errstate(all="ignore"):
            values = function(*arguments)
        return np.where(np.isfinite(values), values, np.nan)

    return settled


def _known(function: Callable[..., Array]) -> Kernel:
    """Return a comparison that is null where one of its sides is."""

    def compared(left: Array, right: Array) -> Array:
        return np.where(np.isnan(left) | np.isnan(right), np.nan, function(left, right))

    return compared


def _both(left: Array, right: Array) -> Array:
    return np.where((left == 0) | (right == 0), 0.0, left * right)


def _either(left: Array, right: Array) -> Array:
    return np.where((left == 1) | (right == 1), 1.0, left + right)


def _chosen(condition: Array, yes: Array, no: Array) -> Array:
    return np.where(np.isnan(condition), np.nan, np.where(condition == 1, yes, no))


KERNELS: Mapping[str, Kernel] = {
    "+": _finite(np.add),
    "-": _finite(np.subtract),
    "*": _finite(np.multiply),
    "/": _finite(np.divide),
    "negative": np.negative,
    "abs": np.abs,
    "log": _finite(np.log),
    "sqrt": _finite(np.sqrt),
    "min": np.minimum,  # NaN if one of them is
    "max": np.maximum,
    "<": _known(np.less),
    "<=": _known(np.less_equal),
    ">": _known(np.greater),
    ">=": _known(np.greater_equal),
    "==": _known(np.equal),
    "!=": _known(np.not_equal),
    "and": _both,
    "or": _either,
    "not": lambda value: 1 - value,
    "where": _chosen,
}
