"""The frame that bars and indicator series answer in: columns, oldest first."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
import orjson
from msgspec import UNSET, Meta, UnsetType

from api.questions import Interval, Stretch
from api.stretches import Page
from warehouse.intervals import DAILY
from warehouse.resampling import Floats

Columns = Annotated[
    dict[str, list[str | float | None]],
    Meta(description="`date` and the values, all of one length, oldest first; null means no value."),
]


Partial = Annotated[
    bool | UnsetType,
    Meta(
        description="With weeks and months: whether the last one shown was not over on the snapshot's newest session."
    ),
]


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """Bars of one symbol."""

    symbol: str
    interval: Interval
    adjust: Literal["split", "raw", "split_div"]
    snapshot: Annotated[str, Meta(description="The snapshot that answered.", examples=["20261120T221504Z-9f3c21"])]
    data_through: Annotated[str, Meta(description="The snapshot's newest session.", examples=["2026-11-20"])]
    partial: Partial = UNSET
    columns: Columns
    next_cursor: Annotated[str | None, Meta(description="Leads to the next page; null at the end.")]


class Warmup(msgspec.Struct, frozen=True):
    """How settled the values are: computed on the whole history, with `bars_before` bars ahead of the first row."""

    memory: Annotated[
        Literal["window", "convergent", "anchored"],
        Meta(description="A value depends on the last bars, on all with fading weight, or on the very first bar."),
    ]
    lookback: Annotated[int, Meta(description="Leading bars of the history without a value.")]
    bars_before: Annotated[int, Meta(description="Bars of the history ahead of the first row shown.")]


class Mark(msgspec.Struct, frozen=True):
    """What is to be known of an output before a rule is built on it."""

    causal: Annotated[bool, Meta(description="Always false: a value depends on later bars than its own.")]
    repaints: Annotated[bool, Meta(description="A value once told may change when later bars come.")]
    display_shift: Annotated[int, Meta(description="Bars ahead of the bar it is computed on; below 0, behind it.")]


Noncausal = Annotated[
    dict[str, Mark], Meta(description="The columns that stand on days before they were known; none unless asked for.")
]


class Series(Bars, frozen=True, kw_only=True):
    """An indicator of one symbol."""

    indicator: Annotated[str, Meta(description="The indicator's id.", examples=["rsi"])]
    params: Annotated[dict[str, int | float | str], Meta(description="All parameters, defaults included.")]
    profile: Annotated[
        str,
        Meta(
            description="Whose defaults and conventions hold for what was not given: the one asked for, or `talib`"
            " where that one does not have the indicator.",
            examples=["talib"],
        ),
    ]
    on: Annotated[str | None, Meta(description="The input series; null where the inputs are fixed.")]
    against: Annotated[str | None, Meta(description="The symbol compared with, where the indicator takes two.")]
    source: Annotated[Literal["stored", "computed"], Meta(description="Both give the same numbers.")]
    warmup: Warmup
    noncausal: Noncausal


def render(question: Stretch, page: Page, told: Mapping[str, Any], columns: Mapping[str, Floats]) -> bytes:
    """Write an answer; `columns` hold the page's rows only, and `told` what the answer says besides."""
    edition = page.edition
    source = {"snapshot": edition.id, "data_through": edition.data_through_text}
    answer = {**frame(question, page, {**told, **source}, columns), "next_cursor": page.next_cursor}
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


def frame(question: Stretch, page: Page, told: Mapping[str, Any], columns: Mapping[str, Floats]) -> dict[str, Any]:
    """Return the members of an answer that a batch's items have, too, ready for orjson."""
    edition = page.edition
    return {
        "symbol": question.symbol,
        "interval": question.interval,
        "adjust": question.adjust,
        **told,
        **partial(page),
        "columns": {"date": edition.calendar.dates(edition.reader.days[page.first : page.last]), **columns},
    }


def partial(page: Page) -> dict[str, bool]:
    """Return the member that flags a period which was not over; sessions have none."""
    return {} if page.edition.interval == DAILY.name else {"partial": page.is_partial}
