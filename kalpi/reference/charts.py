"""The chart of each indicator on the sample's bars: candles, what lies among them, and the rest in panels below."""

from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import polars as pl

import indicators
from indicators import Indicator, Output
from indicators.bars import Array, Bars
from kalpi.reference.svg import Panel, Series, Shown, draw
from pipelines.adjust import adjust

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
SYMBOLS = ("AAPL", "IBM", "MSFT", "GOOG", "FB")
SESSIONS = 120  # shown of a series, and half as many of a pattern
_TALL, _LOW = 2_000, 900  # tenths of a pixel
_MARKS, _COLUMNS = {"signal"}, {"flag", "direction", "rank", "channels"}


@cache
def charts() -> dict[str, str]:
    """Return the chart of every indicator that shows something on the sample, by id."""
    drawn = {kind.id: chart(kind) for kind in indicators.catalogue()}
    return {name: text for name, text in drawn.items() if text}


def chart(kind: type[Indicator]) -> str | None:
    """Return the chart of an indicator with its defaults; None of a pattern that the sample does not show."""
    found = _occurrence(kind) if kind.family == "patterns" else (SYMBOLS[0], None)
    if found is None:
        return None
    symbol, last = found
    days, bars = sample()[symbol]
    stop = len(bars) if last is None else min(len(bars), last + SESSIONS // 6)
    rows = slice(stop - (SESSIONS if last is None else SESSIONS // 2), stop)
    columns = tuple(column[rows] for column in _computed(kind, symbol))
    return draw(f"{kind.title} of {symbol}", _shown(symbol, days, bars, rows), _panels(kind, columns, bars, rows))


@cache
def sample() -> dict[str, tuple[list, Bars]]:
    """Return each sample symbol's days and split-adjusted bars."""
    raw = pl.read_parquet(SAMPLE / "bars.parquet").sort("symbol", "date")
    frame = adjust(raw, pl.read_parquet(SAMPLE / "corporate_actions.parquet"))
    parts = frame.partition_by("symbol", as_dict=True)
    names = indicators.SERIES[:5]
    return {
        str(symbol): (part["date"].to_list(), Bars(*(part[name].cast(float).to_numpy() for name in names)))
        for (symbol,), part in parts.items()
    }


def _computed(kind: type[Indicator], symbol: str) -> tuple[Array, ...]:
    _, bars = sample()[symbol]
    against = sample()[SYMBOLS[1]][1].close if kind.takes_against else None
    return kind().compute(bars, against=against)


def _occurrence(kind: type[Indicator]) -> tuple[str, int] | None:
    """Return the symbol and the bar of a pattern's newest occurrence."""
    for symbol in SYMBOLS:
        if (told := np.flatnonzero(np.nan_to_num(_computed(kind, symbol)[0]))).size:
            return symbol, int(told[-1])
    return None


def _shown(symbol: str, days: list, bars: Bars, rows: slice) -> Shown:
    return Shown(symbol, days[rows], bars.open[rows], bars.high[rows], bars.low[rows], bars.close[rows])


def _panels(kind: type[Indicator], columns: tuple[Array, ...], bars: Bars, rows: slice) -> list[Panel]:
    """Place each output among the candles if it is a price near theirs, else below with those of its unit."""
    named = list(zip(kind.outputs, columns, strict=True))
    reach = bars.low[rows].min(), bars.high[rows].max()
    among = [pair for pair in named if pair[0].unit in _MARKS or _is_near(*pair, *reach)]
    below = [pair for pair in named if not any(pair[0] is one for one, _ in among)]
    trends = [pair for pair in below if pair[0].unit == "direction"]
    if len(trends) == len(among) == 1:
        below.remove(trends[0])
        lines = _sides(*among[0], trends[0][1])
    else:
        lines = tuple(_drawn(*pair) for pair in among)
    units = groupby(sorted(below, key=lambda pair: _place(pair[0], below)), key=lambda pair: pair[0].unit)
    return [
        Panel(lines, _TALL, candles=True),
        *(Panel(tuple(_drawn(*pair) for pair in pairs), _LOW) for _, pairs in units),
    ]


def _sides(output: Output, values: Array, trend: Array) -> tuple[Series, ...]:
    """Return a line in two colours: where the trend rises, and where it falls."""
    rising = Series(output.name, np.where(trend > 0, values, np.nan), "rise")
    return rising, Series("", np.where(trend < 0, values, np.nan), "fall")


def _place(output: Output, below: list[tuple[Output, Array]]) -> int:
    """Return where the first output of the same unit stands."""
    return next(at for at, (one, _) in enumerate(below) if one.unit == output.unit)


def _is_near(output: Output, values: Array, low: float, high: float) -> bool:
    known = values[np.isfinite(values)]
    span = high - low
    return output.unit == "price" and bool(known.size) and low - span < np.median(known) < high + span


def _drawn(output: Output, values: Array) -> Series:
    kind = (
        "marks" if output.unit in _MARKS else "columns" if output.unit in _COLUMNS or output.name == "hist" else "line"
    )
    return Series(output.name, values, kind)
