"""Time series and indicators."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from api.choices import resolved
from api.compat.dialects import TWELVE_DATA
from api.compat.numbers import rounded
from api.compat.rows import SERIES_TYPE, chosen, page, present, takes_series
from api.compat.twelvedata.parts import Part, Row, replied
from api.compat.twelvedata.questions import (
    NO_EFFECT,
    BarsQuestion,
    IndicatorQuestion,
    TimeSeriesQuestion,
    refuse_others,
)
from api.days import iso
from api.desk import Desk
from api.problems import Refusal
from api.reply import Reply
from api.stretches import Page
from indicators import declaration
from indicators.elsewhere.tables import value_of
from indicators.elsewhere.translations import Translation, translations
from warehouse.resampling import Floats
from warehouse.serving import BAR_COLUMNS

_OK = {"status": "ok"}
_OWN = tuple(name for name in IndicatorQuestion.__struct_fields__ if name not in {"params", "indicator"})


class TwelveDataSeries(msgspec.Struct, frozen=True):
    """The rows of one symbol; of several, such answers by symbol."""

    meta: Annotated[dict[str, Any], Meta(description="What was asked.")]
    values: Annotated[list[dict[str, str | None]], Meta(description="Rows: `datetime`, and numbers as text.")]
    status: str


def time_series(question: TimeSeriesQuestion, desk: Desk) -> Reply:
    """Return bars."""
    refuse_others(question, question.params)

    def part(symbol: str) -> Part:
        shown = page(question.wanted(symbol), desk)

        def rows() -> list[Row]:
            whole = shown.edition.reader.bars(shown.symbol, shown.adjust)
            bars = [(name, whole[name][shown.rows]) for name in BAR_COLUMNS]
            return _rows(question, shown, bars, np.arange(shown.last - shown.first)[::-1])

        return _part(question, shown, {}, rows)

    return replied(question, part, desk)


def indicator(question: IndicatorQuestion, desk: Desk) -> Reply:
    """Return an indicator."""
    translation = translations(TWELVE_DATA.system).get(question.indicator)
    if translation is None:
        raise _unknown(question.indicator)
    given = {name: value for name, value in question.params.items() if name not in NO_EFFECT}
    choice = chosen(translation, given, question.series_type, desk, besides=_OWN)
    named = [(place, name) for place, name in enumerate(translation.outputs) if name is not None]

    def part(symbol: str) -> Part:
        shown = page(question.wanted(symbol), desk)

        def rows() -> list[Row]:
            found = resolved(choice, shown).columns()
            values = [(name, found[place].values) for place, name in named]
            places = present([column for _, column in values])
            whole = shown.edition.reader.bars(shown.symbol, shown.adjust) if question.include_ohlc else {}
            ohlc = [(name, column[shown.rows]) for name, column in whole.items() if name != "volume"]
            return _rows(question, shown, [*ohlc, *values], places)

        told = _told(translation, given, question.series_type if takes_series(translation) else None)
        return _part(question, shown, {"indicator": told}, rows)

    return replied(question, part, desk)


def _part(question: BarsQuestion, shown: Page, told: dict[str, Any], rows: Callable[[], list[Row]]) -> Part:
    meta = {"symbol": shown.symbol, "interval": question.interval, **told}
    return Part(
        shown.edition,
        f"{shown.symbol}|{shown.first}|{shown.last}",
        lambda: {"meta": meta, "values": rows(), **_OK},
        rows,
        shown.last - shown.first,
    )


def _rows(question: BarsQuestion, shown: Page, columns: list[tuple[str, Floats]], places: np.ndarray) -> list[Row]:
    """Return rows by their places, newest first; a week or month bears its first day there."""
    days = shown.edition.reader.interval.begins(shown.edition.reader.days[shown.first : shown.last])
    if question.previous_close:
        closes = shown.edition.reader.bars(shown.symbol, shown.adjust)["close"]
        columns = [*columns, ("previous_close", np.concatenate(([np.nan], closes))[shown.rows])]
    if question.order == "asc":
        places = places[::-1]
    names = ("datetime", *(name for name, _ in columns))
    texts = (rounded(column[places], 0 if name == "volume" else question.dp) for name, column in columns)
    return [dict(zip(names, row, strict=True)) for row in zip(map(iso, days[places].tolist()), *texts, strict=True)]


def _told(translation: Translation, given: dict[str, str], series_type: str | None) -> dict[str, Any]:
    parameters = {
        one.name: value_of(given[one.name]) if one.name in given else one.default
        for one in translation.parameters
        if one.has_effect and one.name != SERIES_TYPE
    }
    told = {"name": f"{translation.name.upper()} - {declaration(translation.id).title}"}
    return told | ({} if series_type is None else {SERIES_TYPE: series_type}) | parameters


def _unknown(name: str) -> Refusal:
    known = translations(TWELVE_DATA.system)
    near = get_close_matches(name.lower(), known, n=3)
    hint = f"; near it: {', '.join(near)}" if near else ""
    return Refusal(
        "unknown-indicator",
        f"no indicator {name!r} of {TWELVE_DATA.system} is answered here{hint}",
        parameter="indicator",
        given=name,
        allowed=near or sorted(known),
    )
