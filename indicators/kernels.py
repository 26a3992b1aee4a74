"""How functions of arrays become kernels, and the mark of parameters that settle a convention."""

from collections.abc import Callable

import msgspec
import numpy as np

from indicators.bars import Array
from indicators.indicator import CONVENTION

Columns = Array | tuple[Array, ...]


def convention(description: str, least: int | None = None, most: int | None = None) -> msgspec.Meta:
    """Declare a parameter that says which of the definitions in use is meant, by a word or a small number."""
    return msgspec.Meta(ge=least, le=most, description=description, extra={CONVENTION: True})


def blanked(function: Callable[..., Columns], lookback: int, width: int, *arrays: Array) -> Columns:
    """Call a function that gives `width` new arrays on enough bars, silently, and take out its warm-up."""
    if (length := len(arrays[0])) <= lookback:
        columns = tuple(np.full(length, np.nan) for _ in range(width))
        return columns if width > 1 else columns[0]
    with np.errstate(all="ignore"):
        columns = function(*arrays)
    for column in columns if isinstance(columns, tuple) else (columns,):
        column[:lookback] = np.nan
    return columns
