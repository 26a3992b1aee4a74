"""Many symbols in one frame: `symbol` and `date`, a column for each thing asked for, and what went wrong as rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from api.days import NO_DAY, Calendar
from api.frames import Column, Frame, dates
from api.problems import Refusal
from api.stretches import Page

Floats = NDArray[np.float64]


class Refused(msgspec.Struct, frozen=True):
    """What went wrong, of one symbol or of all."""

    symbol: str | None
    told: str


def frame(
    pages: Sequence[Page],
    columns: Iterable[Column],
    refused: Sequence[Refused],
    calendar: Calendar,
    about: Mapping[str, Any],
) -> Frame:
    """Return the rows of all pages, which each of `columns` has the values of, page by page.

    Last come the refusals: rows without a date whose column `problem` says what is wrong.
    """
    lengths = np.array([*(one.last - one.first for one in pages), *(1 for _ in refused)], np.int64)
    days = [one.edition.reader.days[one.first : one.last] for one in pages]
    none = np.full(len(refused), np.nan)
    return Frame(
        (
            Column("symbol", "text", _texts(one.symbol for one in (*pages, *refused)), repeats=lengths),
            dates(np.concatenate([*days, np.full(len(refused), NO_DAY, np.int32)])),
            *(msgspec.structs.replace(one, values=np.concatenate([one.values, none])) for one in columns),
            Column(
                "problem",
                "text",
                _texts([None, *(one.told for one in refused)]),
                repeats=np.array([lengths.sum() - len(refused), *(1 for _ in refused)], np.int64),
            ),
        ),
        calendar,
        about,
    )


def joined(parts: Sequence[Floats | None], pages: Sequence[Page]) -> Floats:
    """Return the values of all pages, none for those that have no part."""
    filled = (
        np.full(page.last - page.first, np.nan) if part is None else part
        for part, page in zip(parts, pages, strict=True)
    )
    return np.concatenate([*filled, np.empty(0)])


def _texts(values: Iterable[str | None]) -> NDArray[Any]:
    return np.array(list(values), object)


def told(refusal: Refusal, of: str = "") -> str:
    """Return what a problem is, in one line."""
    return f"{of}{': ' if of else ''}{refusal.problem.type}: {refusal.detail}"


def distinct(names: Iterable[str]) -> list[str]:
    """Return names of which none comes twice: a second `rsi_14` is `rsi_14_2`."""
    found: dict[str, None] = {}
    for name in names:
        number, one = 1, name
        while one in found:
            number += 1
            one = f"{name}_{number}"
        found[one] = None
    return list(found)
