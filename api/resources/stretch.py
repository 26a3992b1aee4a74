"""The frame that bars and indicator series answer in: columns, oldest first."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.attendance import Coverage
from api.deltas import Counts
from api.edition import Checks, Edition
from api.explanations import Explanation
from api.frames import Column, Frame, dates
from api.nulls import Nulls
from api.questions import Interval
from api.stretches import Page
from warehouse.intervals import DAILY

Columns = Annotated[
    dict[str, list[str | float | None]],
    Meta(description="`date` and the values, all of one length, oldest first; null means no value."),
]
ChecksName = Annotated[
    Checks,
    Meta(description="Whether all checks of the snapshot passed; `warned`: GET /v1/snapshots tells which did not."),
]
CoverageOf = Annotated[
    Coverage | None,
    Meta(description="Expected against present bars of the days shown; null in snapshots from before this was kept."),
]
Compared = Annotated[str, Meta(description="The snapshot that the rows are compared with.")]
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
    checks: ChecksName
    coverage: CoverageOf
    partial: Partial = UNSET
    columns: Columns
    next_cursor: Annotated[str | None, Meta(description="Leads to the next page; null at the end.")]


class BarsSince(Bars, frozen=True, kw_only=True):
    """Bars of one symbol that changed; `change` in the columns says how."""

    since: Compared
    changes: Counts


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


Params = Annotated[dict[str, int | float | str], Meta(description="All parameters, defaults included.")]
Source = Annotated[Literal["stored", "computed"], Meta(description="Both give the same numbers.")]


class OfIndicator(Bars, frozen=True, kw_only=True):
    """What is told of an indicator whatever its parameters."""

    indicator: Annotated[str, Meta(description="The indicator's id.", examples=["rsi"])]
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


class OfSeries(OfIndicator, frozen=True, kw_only=True):
    """What is told of an indicator with its parameters."""

    params: Params
    source: Source
    warmup: Warmup
    noncausal: Noncausal


class Series(OfSeries, frozen=True, kw_only=True):
    """An indicator of one symbol."""

    nulls: Nulls


class SeriesExplained(Series, frozen=True, kw_only=True):
    """An indicator of one symbol, and how the values of the last row came about."""

    explain: Annotated[Explanation | None, Meta(description="Null where there is no row.")]


class SeriesSince(OfSeries, frozen=True, kw_only=True):
    """The rows of an indicator that changed; `change` in the columns says how."""

    since: Compared
    changes: Counts


class Variant(msgspec.Struct, frozen=True):
    """The indicator with one combination of the values of a sweep."""

    params: Params
    source: Source
    warmup: Warmup
    noncausal: Noncausal
    columns: Annotated[dict[str, str], Meta(description="The column of each output.", examples=[{"rsi": "rsi_5"}])]


class OfSweep(OfIndicator, frozen=True, kw_only=True):
    """What is told of an indicator with several values of a parameter."""

    variants: tuple[Variant, ...]


class Sweep(OfSweep, frozen=True, kw_only=True):
    """An indicator of one symbol with several values of a parameter, side by side on the same days."""

    nulls: Nulls


class SweepSince(OfSweep, frozen=True, kw_only=True):
    """The rows of a sweep that changed, in any of its columns; `change` in the columns says how."""

    since: Compared
    changes: Counts


def source(edition: Edition) -> dict[str, str]:
    """Return the members that say where an answer comes from."""
    return {"snapshot": edition.id, "data_through": edition.data_through_text, "checks": edition.checks}


def told(page: Page, besides: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a page's rows, of a batch's items, too."""
    return {
        "symbol": page.symbol,
        "interval": page.edition.interval,
        "adjust": page.adjust,
        **besides,
        "coverage": page.coverage,
        **partial(page),
    }


def rows_told(page: Page) -> dict[str, Any]:
    """Return what there is to say of a symbol's rows among those of others."""
    return {
        "symbol": page.symbol,
        "bars_before": page.before,
        "truncated": page.is_cut,
        "coverage": page.coverage,
        **partial(page),
    }


def rows(page: Page, columns: tuple[Column, ...]) -> Frame:
    """Return a page's rows: the days, then `columns`, which hold those rows only."""
    edition = page.edition
    return Frame((dates(edition.reader.days[page.first : page.last]), *columns), edition.calendar)


def partial(page: Page) -> dict[str, bool]:
    """Return the member that flags a period which was not over; sessions have none."""
    return {} if page.edition.interval == DAILY.name else {"partial": page.is_partial}
