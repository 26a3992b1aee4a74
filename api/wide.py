"""Many symbols in one frame: `symbol` and `date`, a column for each thing asked for, and what went wrong as rows."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from api.days import NO_DAY, Calendar
from api.frames import Column, Frame, dates, texts
from api.problems import Refusal
from api.stretches import Page


class Block(msgspec.Struct, frozen=True, eq=False):
    """A symbol's rows: its page, if it has one, its columns by name, and what of it is refused."""

    symbol: str | None
    page: Page | None
    columns: Mapping[str, NDArray[Any]]
    refused: Sequence[str] = ()

    @property
    def length(self) -> int:
        """The rows with values."""
        return 0 if self.page is None else self.page.last - self.page.first


def frame(blocks: Sequence[Block], columns: Sequence[Column], calendar: Calendar, about: Mapping[str, Any]) -> Frame:
    """Return the rows of all blocks; `columns` are empty ones that say what there is.

    A refusal is a row without a date, whose last column, `problem`, says what is wrong.
    """
    symbols = np.array([block.symbol for block in blocks], object)
    problems = [text for block in blocks for text in (*repeat(None, block.length), *block.refused)]
    return Frame(
        (
            Column("symbol", "text", np.repeat(symbols, [block.length + len(block.refused) for block in blocks])),
            dates(np.concatenate([_days(block) for block in blocks])),
            *(
                msgspec.structs.replace(one, values=np.concatenate([_values(one.name, block) for block in blocks]))
                for one in columns
            ),
            texts("problem", problems),
        ),
        calendar,
        about,
    )


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


def _days(block: Block) -> NDArray[np.int32]:
    none = np.full(len(block.refused), NO_DAY, np.int32)
    if block.page is None:
        return none
    days = block.page.edition.reader.days[block.page.first : block.page.last]
    return np.concatenate((days, none)) if len(none) else days


def _values(name: str, block: Block) -> NDArray[np.float64]:
    found = block.columns.get(name)
    none = np.full(len(block.refused) + (block.length if found is None else 0), np.nan)
    if found is None:
        return none
    return np.concatenate((found, none)) if len(none) else found
