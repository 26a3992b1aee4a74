"""Outputs as charts draw them on bars before they were known: marked, off unless asked for, and never stored."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from indicators import library
from indicators.bars import Array, Bars
from indicators.indicator import Hindsight, Output
from indicators.own.steps import earlier, shift_of, sma

_fractals = library.function("FRACTAL")


def _chikou(indicator: Any, bars: Bars, _on: str) -> tuple[Array, ...]:  # noqa: ANN401 - has what it declares
    return (earlier(bars.close, indicator.displacement),)


def _centred(indicator: Any, bars: Bars, on: str) -> tuple[Array, ...]:  # noqa: ANN401
    values, period = bars.series(on), indicator.period
    if len(values) < period:
        return (np.full(len(values), np.nan),)
    return (values - earlier(sma(values, period), shift_of(period, indicator.shift)),)


def _turning_points(indicator: Any, bars: Bars, _on: str) -> tuple[Array, ...]:  # noqa: ANN401
    if len(bars) <= indicator.lookback():
        return np.full(len(bars), np.nan), np.full(len(bars), np.nan)
    told = _fractals(bars.high, bars.low, indicator.left, indicator.right)
    marked = (earlier(flags.astype(np.float64), indicator.right) > 0 for flags in told)
    return tuple(np.where(mark, prices, np.nan) for mark, prices in zip(marked, (bars.high, bars.low), strict=True))


class Turn(NamedTuple):
    """A zigzag's turn: where it lies, on which bar it became certain, and the trend since."""

    at: int
    told: int
    value: float
    trend: float


def turning_points(values: Sequence[float], percent: float) -> Iterator[Turn]:
    """Yield the turns that are certain, and last what may yet become one, told on a bar after all others."""
    low = high = 0  # where the extremes since the last turn lie
    trend = 0.0
    for at, value in enumerate(values):
        low, high = (at if value < values[low] else low), (at if value > values[high] else high)
        bottom, top = values[low], values[high]
        if trend <= 0 and value > bottom and 100 * (value - bottom) >= percent * bottom:
            yield Turn(low, at, bottom, 1.0)
            trend, high = 1.0, at
        elif trend >= 0 and value < top and 100 * (top - value) >= percent * top:
            yield Turn(high, at, top, -1.0)
            trend, low = -1.0, at
    if trend:
        extreme = high if trend > 0 else low
        yield Turn(extreme, len(values), values[extreme], trend)


def _line(indicator: Any, bars: Bars, on: str) -> tuple[Array, ...]:  # noqa: ANN401
    """Draw straight lines from turn to turn, from the first bar to the extreme since the last turn."""
    values = bars.series(on)
    turns = [0, *(turn.at for turn in turning_points(values.tolist(), indicator.percent))]
    line = np.interp(np.arange(len(values)), turns, values[turns]) if len(turns) > 1 else np.full(len(values), np.nan)
    line[turns[-1] + 1 :] = np.nan
    return (line,)


CHIKOU = Hindsight(
    (Output("chikou", "price", "Lagging line: the close `displacement` bars later.", causal=False),), _chikou
)
CENTRED = Hindsight((Output("centred", "price", "Value less the mean of the bars around it.", causal=False),), _centred)
TURNING_POINTS = Hindsight(
    (
        Output("peak", "price", "A high on its own bar, `right` bars before it is certain; else null.", causal=False),
        Output("trough", "price", "A low on its own bar, `right` bars before it is certain; else null.", causal=False),
    ),
    _turning_points,
)
ZIGZAG = Hindsight(
    (
        Output(
            "line",
            "price",
            "The line from turn to turn and on to the extreme since, which may move; null beyond it.",
            causal=False,
            repaints=True,
        ),
    ),
    _line,
)
