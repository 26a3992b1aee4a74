"""Answers that fit a budget of tokens, and what is lost where they would not have.

A token is taken to be three bytes of JSON: digits and brackets make more of them than prose does. Numbers in rows have
six significant digits. Rows in time keep the first and the last, then whichever a straight line between those shown
misses most; any other rows are cut at the end. What is lost is told.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

BYTES_PER_TOKEN = 3
DIGITS = 6
_SHRINK = 0.9
Floats = NDArray[np.float64]


def tokens(text: str) -> int:
    """Return how many tokens a text is taken to have."""
    return math.ceil(len(text.encode()) / BYTES_PER_TOKEN)


def written(answer: object) -> str:
    """Return an answer as JSON."""
    return msgspec.json.encode(answer).decode()


def fitted(told: Mapping[str, object], frame: pl.DataFrame, budget: int, *, in_time: bool) -> str:
    """Return what is told and as many rows as the budget has room for, and what was lost."""
    shown = [*range(frame.height)]
    text = _text(told, frame, shown, in_time=in_time)
    while tokens(text) > budget and len(shown) > 1:
        room = max(1, budget - tokens(_text(told, frame, [], in_time=in_time)))
        fair = int(len(shown) * room / tokens(text))
        most = max(1, min(fair, int(len(shown) * _SHRINK)))
        shown = kept(frame, most) if in_time else [*range(most)]
        text = _text(told, frame, shown, in_time=in_time)
    return text


def kept(frame: pl.DataFrame, most: int) -> list[int]:
    """Return the rows of a series that are shown if at most so many may be, in their order."""
    if most >= frame.height:
        return [*range(frame.height)]
    if most == 1:
        return [frame.height - 1]
    columns = [_scaled(values) for values in _numbers(frame).values()]
    shown = [0, frame.height - 1]
    while len(shown) < most:
        missed = np.max([_missed(values, shown) for values in columns], axis=0) if columns else np.zeros(frame.height)
        missed[shown] = -1.0
        shown = sorted([*shown, int(np.argmax(missed))])
    return shown


def greatest_errors(frame: pl.DataFrame, shown: Sequence[int]) -> dict[str, float]:
    """Return by how much a straight line between the rows shown misses a value at most, by column."""
    if not shown:
        return {}
    return {name: float(np.max(_missed(values, shown))) for name, values in _numbers(frame).items()}


def _text(told: Mapping[str, object], frame: pl.DataFrame, shown: Sequence[int], *, in_time: bool) -> str:
    lost: dict[str, Any] = {"significant_digits": DIGITS, "rows_shown": len(shown), "rows": frame.height}
    if in_time and len(shown) < frame.height:
        lost["greatest_error_between_rows_shown"] = {
            name: _digits(error) for name, error in greatest_errors(frame, shown).items()
        }
    columns = {one.name: [_value(value) for value in one] for one in frame[list(shown)]}
    return written({**told, "columns": columns, "loss": lost})


def _numbers(frame: pl.DataFrame) -> dict[str, Floats]:
    return {one.name: one.to_numpy().astype(np.float64) for one in frame if one.dtype.is_float()}


def _scaled(values: Floats) -> Floats:
    """Return a column in units of its own range, so that no column outweighs another."""
    known = values[~np.isnan(values)]
    span = np.ptp(known) if len(known) else 0.0
    return values / span if span else np.zeros(len(values))


def _missed(values: Floats, shown: Sequence[int]) -> Floats:
    """Return how far each value is from the line between those shown around it; nothing where there is no value."""
    places = np.arange(len(values))
    known = [place for place in shown if not np.isnan(values[place])]
    line = np.interp(places, known, values[known]) if known else np.zeros(len(values))
    return np.nan_to_num(np.abs(values - line))


def _value(value: object) -> object:
    return _digits(value) if isinstance(value, float) else value


def _digits(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
