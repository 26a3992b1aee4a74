"""GET /compat/alphavantage/query: Alpha Vantage's functions over the snapshot."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

import msgspec
import orjson
from msgspec import Meta

from api import cursors
from api.choices import resolved
from api.compat.alphavantage import bars
from api.compat.alphavantage.words import INTERVALS, PLACES, IntervalWord, table_title, told
from api.compat.csv_text import CSV, text
from api.compat.dialects import ALPHA_VANTAGE
from api.compat.numbers import rounded
from api.compat.rows import ALL, Wanted, chosen, needed, page, present, takes_series
from api.days import iso
from api.desk import Desk
from api.problems import Refusal
from api.questions import SnapshotId, unknown_parameter
from api.reply import Reply, tag_of
from indicators import declaration
from indicators.elsewhere.translations import Translation, translations


class Question(msgspec.Struct, kw_only=True):
    """A question in Alpha Vantage's words; names not listed here are the function's own parameters."""

    function: Annotated[
        str, Meta(max_length=64, description="An indicator's function, or one of time series.", examples=["RSI"])
    ]
    symbol: Annotated[str | None, Meta(description="The ticker; all functions but SYMBOL_SEARCH need it.")] = None
    interval: Annotated[IntervalWord | None, Meta(description="What a bar covers; indicators need it.")] = None
    series_type: Annotated[
        Literal["close", "open", "high", "low"],
        Meta(description="The series that an indicator takes, if it takes one."),
    ] = "close"
    outputsize: Annotated[
        Literal["compact", "full"], Meta(description="Of daily bars: the newest 100, or all there are.")
    ] = "compact"
    keywords: Annotated[str | None, Meta(description="What SYMBOL_SEARCH looks for in tickers.")] = None
    datatype: Annotated[Literal["json", "csv"], Meta(description="The form of the answer.")] = "json"
    snapshot: SnapshotId = None
    params: Annotated[
        dict[str, str],
        Meta(description="The function's own parameters (`time_period=14`); docs/coming-from.md has all of them."),
    ]


_OWN = tuple(name for name in Question.__struct_fields__ if name != "params")


class AlphaVantageSeries(msgspec.Struct, frozen=True):
    """Meta data, and beside it the values by date under the function's own title."""

    meta: Annotated[dict[str, Any], Meta(description="What was asked.")] = msgspec.field(name="Meta Data")


class AlphaVantageQuote(msgspec.Struct, frozen=True):
    """The newest bar."""

    quote: Annotated[dict[str, str], Meta(description="Prices as text.")] = msgspec.field(name="Global Quote")


class AlphaVantageMatches(msgspec.Struct, frozen=True):
    """Symbols that were found."""

    matches: Annotated[list[dict[str, str]], Meta(description="The best first.")] = msgspec.field(name="bestMatches")


def query(question: Question, desk: Desk) -> Reply:
    """Return what a function answers; a Refusal of a function that there is not, or of what it can't do."""
    if translation := translations(ALPHA_VANTAGE.system).get(question.function):
        return _indicator(translation, question, desk)
    answers = _OTHERS.get(question.function)
    if answers is None:
        raise _unknown(question.function)
    for name in question.params:
        raise unknown_parameter(name, _OWN)
    return answers(question, desk)


_OTHERS: Mapping[str, Callable[[Any, Desk], Reply]] = {
    **{one.function: bars.time_series for one in bars.TIME_SERIES},
    "GLOBAL_QUOTE": bars.global_quote,
    "SYMBOL_SEARCH": bars.symbol_search,
}
FUNCTIONS = (*translations(ALPHA_VANTAGE.system), *_OTHERS)


def _indicator(translation: Translation, question: Question, desk: Desk) -> Reply:
    choice = chosen(translation, question.params, question.series_type, desk, besides=_OWN)
    word = needed("interval", question.interval)
    wanted = Wanted(
        symbol=needed("symbol", question.symbol),
        interval=INTERVALS[word],
        newest=ALL,
        snapshot=question.snapshot,
    )
    shown = page(wanted, desk)
    outputs = [name for name in translation.outputs if name is not None]

    def render() -> bytes:
        found = [one.values for one in resolved(choice, shown).columns()]
        places = present(found)
        dates = [iso(day) for day in shown.edition.reader.days[shown.first : shown.last][places].tolist()]
        lines = list(zip(*(rounded(values[places], PLACES) for values in found), strict=True))
        if question.datatype == "csv":
            return text(("time", *outputs), ((day, *line) for day, line in zip(dates, lines, strict=True)))
        values = {day: dict(zip(outputs, line, strict=True)) for day, line in zip(dates, lines, strict=True)}
        meta = told(
            [
                ("Symbol", shown.symbol),
                ("Indicator", f"{declaration(translation.id).title} ({translation.name})"),
                ("Last Refreshed", dates[0] if dates else shown.edition.data_through_text),
                ("Interval", word),
            ],
            translation,
            question.params,
            [("Series Type", question.series_type)] if takes_series(translation) else [],
        )
        return orjson.dumps({"Meta Data": meta, f"Technical Analysis: {table_title(translation)}": values})

    asked = cursors.fingerprint(translation.name, choice.identity, shown.symbol, word, question.params)
    form = CSV if question.datatype == "csv" else desk.form
    return Reply(render, tag_of(shown.edition.id, f"{asked}|{shown.first}|{shown.last}", form), form=form)


def _unknown(function: str) -> Refusal:
    near = get_close_matches(function.upper(), FUNCTIONS, n=3)
    hint = f"; near it: {', '.join(near)}" if near else ""
    return Refusal(
        "parameter-out-of-bounds",
        f"function={function!r} is not answered here{hint}",
        parameter="function",
        given=function,
        allowed=near or sorted(FUNCTIONS),
    )
