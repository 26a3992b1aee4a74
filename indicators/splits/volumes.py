"""Sums of volume that begin otherwise."""

from typing import Annotated, Literal

from indicators import library
from indicators.bars import Array
from indicators.kernels import convention
from indicators.splitting import split

_balance = library.function("OBV")


@split(warm_up=lambda _: 0, memory="anchored")
def obv(
    on: Array,
    volume: Array,
    *,
    base: Annotated[  # noqa: ARG001 - of two words, one is TA-Lib's
        Literal["volume", "zero"], convention("Whether the sum begins with the first bar's volume, or with nothing.")
    ] = "volume",
) -> Array:
    """Return the sum without the first bar's volume."""
    return _balance(on, volume) - volume[0]


SPLITS = (obv,)
