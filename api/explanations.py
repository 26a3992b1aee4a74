"""What a value is made of: formula, parameters, the bars that it looks at, and the files that these came in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from api import nulls
from api.choices import Choice
from api.days import date_of, iso
from api.edition import Edition, Warned, warnings_of
from api.frames import Column
from api.inputs import Inputs
from api.stretches import Page
from indicators import describe, stored_columns
from indicators.indicator import Memory
from warehouse.provenance import provenance
from warehouse.serving import Adjust
from warehouse.snapshots import Batch

LISTED = 250


class Source(msgspec.Struct, frozen=True):
    """A delivered file, and how many of the bars looked at it brought."""

    batch: str
    file: str
    sha256: str
    delivered_by: Annotated[str, Meta(description="`landing`, or the source that was asked.", examples=["landing"])]
    taken_at: datetime
    bars: int


class Explained(msgspec.Struct, frozen=True):
    """How one column's value came about."""

    value: float | None
    null: Annotated[nulls.Reason | None, Meta(description="Why there is no value, where there is none.")]
    indicator: Annotated[str | None, Meta(description="The indicator's id; null for the bar's own columns.")]
    meaning: str
    formula: str | None
    definition: Annotated[str | None, Meta(description="Who defined it, and where.")]
    params: dict[str, int | float | str]
    on: str | None
    against: str | None
    memory: Memory
    lookback: int
    stored: bool
    bars: Annotated[int, Meta(description="Bars that the value depends on, its own the last.")]
    first: Annotated[str, Meta(description="The first of them.")]
    last: Annotated[str, Meta(description="The last of them.")]
    input: Annotated[
        dict[str, list[str | float | None]],
        Meta(
            description="`date` and the series computed on, of those of these bars that the tier may see; at most the"
            f" newest {LISTED}."
        ),
    ]
    sources: Annotated[tuple[Source, ...], Meta(description="Where these bars came from.")]


class Explanation(msgspec.Struct, frozen=True):
    """What there is to know of the values on one day."""

    date: str
    replaced: Annotated[
        tuple[Source, ...], Meta(description="Deliveries of that day's bar which a later one took the place of.")
    ]
    run_id: Annotated[str | None, Meta(description="The run of the pipeline that published the snapshot.")]
    published_at: datetime
    catalogue_version: str
    warnings: Annotated[tuple[Warned, ...], Meta(description="Checks of the snapshot that did not pass.")]
    values: dict[str, Explained]


class Row(msgspec.Struct, frozen=True):
    """A bar of a symbol whose values are to be explained."""

    edition: Edition
    symbol: str
    adjust: Adjust
    row: int
    oldest: int
    """The first day that may be shown."""

    @property
    def place(self) -> int:
        """The bars of the symbol before it."""
        return self.row - self.edition.reader.span(self.symbol).start

    def page(self) -> Page:
        """Return the row as a page of its own."""
        span = self.edition.reader.span(self.symbol)
        return Page(self.edition, self.symbol, self.adjust, span, self.row, self.row + 1)


def of_columns(at: Row, names: Iterable[str]) -> Explanation:
    """Explain the values of stored columns and columns of the bar."""
    found = {name: _held(at, name) for name in names}
    return _explanation(at, found)


def of_indicator(at: Row, choice: Choice, columns: Iterable[Column]) -> Explanation:
    """Explain the outputs of an indicator; the last value of each of `columns` is the one."""
    found = {one.name: _computed(at, choice, float(one.values[-1])) for one in columns}
    return _explanation(at, found)


def _explanation(at: Row, values: dict[str, Explained]) -> Explanation:
    manifest, day = at.edition.reader.manifest, date_of(at.edition.days[at.row])
    batches = {one.id: one for one in manifest.batches}
    origin = provenance(at.edition.reader.folder, at.symbol, day, day)
    return Explanation(
        date=day.isoformat(),
        replaced=tuple(_source(batch, 1, batches) for batch in origin.replaced),
        run_id=manifest.run_id,
        published_at=manifest.created_at,
        catalogue_version=manifest.catalogue_version,
        warnings=warnings_of(manifest),
        values=values,
    )


def _held(at: Row, name: str) -> Explained:
    edition = at.edition
    value = float(edition.reader.column(name)[at.row])
    if (stored := stored_columns().get(name)) is not None:
        indicator, _ = stored
        return _computed(
            at, Choice(indicator, indicator.column_names(), Inputs(), "talib", include_noncausal=False), value
        )
    raw = {one: column[at.place : at.place + 1] for one, column in edition.reader.bars(at.symbol, "raw").items()}
    return Explained(
        value=_number(value),
        null=None,
        indicator=None,
        meaning=edition.reader.columns[name].description,
        formula=None,
        definition=None,
        params={},
        on=None,
        against=None,
        memory="window",
        lookback=0,
        stored=True,
        **_bars(at, at.row, raw),
    )


def _computed(at: Row, choice: Choice, value: float) -> Explained:
    indicator, given = choice.indicator, choice.inputs
    told, memory, lookback = describe(type(indicator)), given.memory(indicator), given.lookback(indicator)
    span = at.edition.reader.span(at.symbol)
    first = max(span.start, at.row - lookback) if memory == "window" else span.start
    others = () if given.against is None else (given.against,)
    why = nulls.told((Column("value", "number", np.array([value])),), at.page(), lookback, others)["nulls"]
    return Explained(
        value=_number(value),
        null=why["value"][0][2] if why else None,
        indicator=indicator.id,
        meaning=told.meaning,
        formula=told.formula,
        definition=told.source,
        params=indicator.params(),
        on=given.on if indicator.takes_on else None,
        against=given.against,
        memory=memory,
        lookback=lookback,
        stored=choice.is_stored(at.edition, at.adjust),
        **_bars(at, first, _series(at, choice, first)),
    )


def _series(at: Row, choice: Choice, first: int) -> dict[str, Any]:
    """Return the series that an indicator is computed on, from a row on."""
    edition, given = at.edition, choice.inputs
    span = edition.reader.span(at.symbol)
    begin = max(at.row - LISTED + 1, first, edition.row_from(span, at.oldest))
    shown = slice(begin - span.start, at.place + 1)
    if given.is_column:
        return {given.on: edition.reader.column(given.on)[span][shown]}
    bars = edition.bars(at.symbol, at.adjust)
    names = (given.on,) if choice.indicator.takes_on else choice.indicator.inputs
    return {name: bars.series(name)[shown] for name in names}


def _bars(at: Row, first: int, series: Mapping[str, Any]) -> dict[str, Any]:
    """Return which bars were looked at, their series, and where they came from."""
    edition = at.edition
    shown = len(next(iter(series.values())))
    days = edition.days[at.row - shown + 1 : at.row + 1]
    batches = {one.id: one for one in edition.reader.manifest.batches}
    begin, end = (date_of(day) for day in (edition.first_days[first], edition.days[at.row]))
    origin = provenance(edition.reader.folder, at.symbol, begin, end)
    return {
        "bars": at.row - first + 1,
        "first": iso(edition.days[first]),
        "last": iso(edition.days[at.row]),
        "input": {
            "date": [iso(day) for day in days],
            **{name: [_number(one) for one in values.tolist()] for name, values in series.items()},
        },
        "sources": tuple(_source(one.batch, one.bars, batches) for one in origin.used),
    }


def _source(batch: str, bars: int, batches: Mapping[str, Batch]) -> Source:
    one = batches[batch]
    return Source(batch, one.file, one.sha256, one.source, one.taken_at, bars)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
