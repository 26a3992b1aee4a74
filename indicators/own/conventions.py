"""The conventions that indicators share: how averages begin, which average, which deviation."""

from typing import Annotated, Literal

from indicators.kernels import convention

Seed = Annotated[
    Literal["sma", "first"],
    convention("How an EMA begins: with the mean of its first window, or with the first value."),
]
RangeAverage = Annotated[
    Literal["rma", "sma", "ema", "wma"], convention("Kind of the average of the true ranges; rma is Wilder's.")
]
FirstBar = Annotated[
    Literal["skip", "range"],
    convention("Whether the first bar, which has no close before it, counts with its high less low."),
]
Ddof = Annotated[
    int, convention("Taken off the count of values that the variance is divided by: 1 for a sample's.", 0, 1)
]
Window = Annotated[
    Literal["before", "within"],
    convention("Whether the newest value is ranked among as many before it, or is itself one of them."),
]
Ties = Annotated[
    Literal["below", "at_or_below"], convention("Whether earlier values equal to the newest one count as exceeded.")
]
