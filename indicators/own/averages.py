"""Moving averages that weigh or adapt in ways of their own."""

from math import log
from typing import Annotated, Literal

import numpy as np

from indicators import library
from indicators.bars import Array
from indicators.formulas import bars, convention, formula, number
from indicators.indicator import Output
from indicators.own.steps import fading, held, highest, later, lowest, rma, weighted

_balance = library.function("CMOU")
BILL_WILLIAMS = "Bill Williams, Trading Chaos, 1995"


@formula(
    "Arnaud Legoux Moving Average",
    "Mean weighted by a bell curve whose peak stands near the newest value.",
    rule="weight of value i of n, oldest 0: exp(-(i - offset (n - 1))^2 / (2 (n / sigma)^2))",
    source="Arnaud Legoux and Dimitrios Kouzis-Loukas, 2009",
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("alma", "price", "Mean weighted by the bell curve."),),
)
def alma(
    on: Array,
    *,
    period: Annotated[int, bars("Bars looked at.")] = 9,
    offset: Annotated[float, number("Place of the peak: 0 at the oldest value, 1 at the newest.", 0.0, 1.0)] = 0.85,
    sigma: Annotated[float, number("Narrowness of the bell: window over standard deviation.", 0.1, 50.0)] = 6.0,
) -> Array:
    """Return the weighted mean."""
    places = np.arange(period)[::-1] - offset * (period - 1)
    weights = np.exp(-((places * sigma / period) ** 2) / 2)
    return weighted(on, weights / weights.sum())


@formula(
    "Variable Index Dynamic Average",
    "Exponential average that is as fast as the momentum is one-sided.",
    rule="average + 2 / (period + 1) * |CMO| / 100 * (value - average), with the unsmoothed CMO of the period",
    source="Tushar Chande, Technical Analysis of Stocks & Commodities, 1992; with the CMO, 1994",
    family="trend",
    memory="convergent",
    warm_up=lambda p: p.period,
    outputs=(Output("vidya", "price", "Adaptive average, begun with the first value."),),
)
def vidya(on: Array, *, period: Annotated[int, bars("Bars of the CMO and of the average.")] = 14) -> Array:
    """Return the adaptive average."""
    return fading(on, np.abs(_balance(on, period)) / 100 * 2 / (period + 1), period)


@formula(
    "McGinley Dynamic",
    "Average that follows faster when the price falls away from it than when it rises.",
    rule="average + (value - average) / max(1, period * (value / average)^4)",
    source="John McGinley, Market Technicians Association Journal, 1991",
    family="trend",
    memory="convergent",
    warm_up=lambda p: 0 if p.seed == "first" else p.period - 1,
    outputs=(Output("mcgd", "price", "Adaptive average, begun with the mean of the first window."),),
)
def mcgd(
    on: Array,
    *,
    period: Annotated[int, bars("Bars of the average.", least=1)] = 14,
    seed: Annotated[
        Literal["sma", "first"],
        convention("How it begins: with the mean of the first window, or with the first value."),
    ] = "sma",
) -> Array:
    """Return the adaptive average, which never steps past the value."""
    start = 1 if seed == "first" else period
    average = float(on[:start].mean())
    averages = np.empty(len(on))
    averages[start - 1] = average
    for at, value in enumerate(on[start:].tolist(), start):
        ratio = value / average if average else 1.0
        averages[at] = average = average + (value - average) / max(1.0, period * ratio**4)
    return averages


@formula(
    "Fractal Adaptive Moving Average",
    "Exponential average of the bars' middles that is fast on a line and slow where the path is rough.",
    rule="weight exp(-4.6 (D - 1)) within 0.01..1; 2^D = each half's range / half, summed, over the range / window",
    source="John Ehlers, Technical Analysis of Stocks & Commodities, 2005",
    family="trend",
    memory="convergent",
    warm_up=lambda p: 2 * p.half - 1,
    outputs=(Output("frama", "price", "Adaptive average, begun with the first value."),),
)
def frama(high: Array, low: Array, *, half: Annotated[int, bars("Bars of each half of the window.")] = 8) -> Array:
    """Return the adaptive average; where the window is flat, the dimension stays."""
    late = (highest(high, half) - lowest(low, half)) / half
    whole = (highest(high, 2 * half) - lowest(low, 2 * half)) / (2 * half)
    start = 2 * half - 1
    dimension = held(np.log((late + later(late, half)) / whole) / log(2), start, first=1.0)
    return fading((high + low) / 2, np.clip(np.exp(-4.6 * (dimension - 1)), 0.01, 1), start)


Jaw = Annotated[int, bars("Bars of the slowest line, the jaw.")]
Teeth = Annotated[int, bars("Bars of the middle line, the teeth.")]
Lips = Annotated[int, bars("Bars of the fastest line, the lips.")]
JawShift = Annotated[int, bars("Bars by which the jaw is drawn ahead.", least=0)]
TeethShift = Annotated[int, bars("Bars by which the teeth are drawn ahead.", least=0)]
LipsShift = Annotated[int, bars("Bars by which the lips are drawn ahead.", least=0)]
PHRASE = "smoothed as Wilder does, as of some bars ago."


def _lines(high: Array, low: Array, *periods_and_shifts: tuple[int, int]) -> list[Array]:
    middle = (high + low) / 2
    return [later(rma(middle, period), shift) for period, shift in periods_and_shifts]


@formula(
    "Alligator",
    "Three smoothed averages of the bars' middles, each where it is drawn: some bars after it was known.",
    rule="Wilder averages of (high + low) / 2, taken `shift` bars ago",
    source=BILL_WILLIAMS,
    family="trend",
    memory="convergent",
    warm_up=lambda p: max(p.jaw + p.jaw_shift, p.teeth + p.teeth_shift, p.lips + p.lips_shift) - 1,
    outputs=tuple(Output(name, "price", f"Bars' middles {PHRASE}") for name in ("jaw", "teeth", "lips")),
    drawn={"jaw": lambda p: p.jaw_shift, "teeth": lambda p: p.teeth_shift, "lips": lambda p: p.lips_shift},
    ascending=(("lips", "teeth", "jaw"),),
)
def alligator(
    high: Array,
    low: Array,
    *,
    jaw: Jaw = 13,
    jaw_shift: JawShift = 8,
    teeth: Teeth = 8,
    teeth_shift: TeethShift = 5,
    lips: Lips = 5,
    lips_shift: LipsShift = 3,
) -> tuple[Array, ...]:
    """Return jaw, teeth and lips."""
    return tuple(_lines(high, low, (jaw, jaw_shift), (teeth, teeth_shift), (lips, lips_shift)))


@formula(
    "Gator Oscillator",
    "How far the Alligator's mouth is open, above and below.",
    rule="upper = |jaw - teeth|, lower = -|teeth - lips|",
    source=BILL_WILLIAMS,
    family="momentum",
    memory="convergent",
    warm_up=lambda p: max(p.jaw + p.jaw_shift, p.teeth + p.teeth_shift, p.lips + p.lips_shift) - 1,
    outputs=(
        Output("upper", "price", "Distance of jaw and teeth.", minimum=0),
        Output("lower", "price", "Distance of teeth and lips, below zero.", maximum=0),
    ),
    ascending=(("lips", "teeth", "jaw"),),
)
def gator(
    high: Array,
    low: Array,
    *,
    jaw: Jaw = 13,
    jaw_shift: JawShift = 8,
    teeth: Teeth = 8,
    teeth_shift: TeethShift = 5,
    lips: Lips = 5,
    lips_shift: LipsShift = 3,
) -> tuple[Array, ...]:
    """Return both distances."""
    slow, middle, fast = _lines(high, low, (jaw, jaw_shift), (teeth, teeth_shift), (lips, lips_shift))
    return np.abs(slow - middle), -np.abs(middle - fast)


FORMULAS = (alma, vidya, mcgd, frama, alligator, gator)
