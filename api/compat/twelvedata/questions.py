"""What Twelve Data's routes are asked, and what their words mean here."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.compat.rows import Wanted
from api.problems import Refusal
from api.questions import SnapshotId, read_day, unknown_parameter
from warehouse.intervals import IntervalName
from warehouse.serving import Adjust

IntervalWord = Literal["1day", "1week", "1month"]
INTERVALS: Mapping[IntervalWord, IntervalName] = {"1day": "1d", "1week": "1w", "1month": "1mo"}
ADJUSTMENTS: Mapping[str, Adjust] = {"splits": "split", "all": "split_div", "none": "raw"}
NO_EFFECT = frozenset({
    *("exchange", "mic_code", "country", "type", "timezone", "prepost"),  # a snapshot has one listing of a symbol
    *("source", "show_plan", "include_delisted", "eod", "rolling_period"),
})  # fmt: skip
"""Names that are taken and change nothing: what they choose among, there is one of."""
_USUAL_SIZE, _LARGEST = 30, 5_000
_DAY = len("2013-03-01")

Text = Annotated[str, Meta(max_length=1_000)]
Dp = Annotated[int, Meta(ge=-1, le=11, description="Decimals; -1: as many as the number has.")]
FormatWord = Annotated[Literal["JSON", "CSV", "json", "csv"], Meta(description="CSV takes one symbol.")]
Delimiter = Annotated[Literal[";", ",", "|"], Meta(description="What separates the cells of CSV.")]
DateText = Annotated[
    Annotated[str, Meta(max_length=32)] | None, Meta(description="YYYY-MM-DD; a time after it changes nothing.")
]
Rest = Annotated[
    dict[str, str], Meta(description=f"Taken without effect: {', '.join(sorted(NO_EFFECT))}.", examples=[{}])
]


class Listing(msgspec.Struct, kw_only=True):
    """A question of one symbol or more."""

    symbol: Annotated[Text, Meta(description="The ticker, in any case; several with commas.", examples=["AAPL"])]
    dp: Dp = 5
    format: FormatWord = "JSON"
    delimiter: Delimiter = ";"
    snapshot: SnapshotId = None
    params: Rest

    @property
    def is_csv(self) -> bool:
        """Whether the answer is a table."""
        return self.format.upper() == "CSV"


class BarsQuestion(Listing, kw_only=True):
    """A time series: the newest rows of a stretch, newest first."""

    interval: Annotated[IntervalWord, Meta(description="What a bar covers.", examples=["1day"])]
    outputsize: Annotated[
        Annotated[int, Meta(ge=1, le=_LARGEST)] | None,
        Meta(description=f"The most rows: {_USUAL_SIZE}, or with a date {_LARGEST}."),
    ] = None
    start_date: DateText = None
    end_date: DateText = None
    date: DateText = None
    order: Annotated[Literal["desc", "asc"], Meta(description="Newest first, or oldest first.")] = "desc"
    adjust: Annotated[Literal["splits", "all", "none"], Meta(description="What prices are adjusted for.")] = "splits"
    previous_close: Annotated[bool, Meta(description="Whether each row has the close of the bar before.")] = False

    def wanted(self, symbol: str) -> Wanted:
        """Return the rows of a symbol that are asked for."""
        dated = any((self.start_date, self.end_date, self.date))
        start, end = (_day(name, getattr(self, name)) for name in ("start_date", "end_date"))
        if (day := _day("date", self.date)) is not None:
            start = end = day
        return Wanted(
            symbol=symbol,
            interval=INTERVALS[self.interval],
            newest=self.outputsize or (_LARGEST if dated else _USUAL_SIZE),
            adjust=ADJUSTMENTS[self.adjust],
            start=start,
            end=end,
            snapshot=self.snapshot,
        )


class TimeSeriesQuestion(BarsQuestion, kw_only=True):
    """Bars."""

    dp: Dp = -1


class IndicatorQuestion(BarsQuestion, kw_only=True):
    """An indicator by its name at Twelve Data; names not listed here are its own parameters."""

    indicator: Annotated[str, Meta(max_length=64, description="The indicator's name there.", examples=["rsi"])]
    series_type: Annotated[
        Literal["close", "open", "high", "low", "volume"],
        Meta(description="The series that it takes, if it takes one."),
    ] = "close"
    include_ohlc: Annotated[bool, Meta(description="Whether each row has its bar's prices, too.")] = False
    params: Annotated[
        dict[str, str],
        Meta(
            description="The indicator's own parameters (`time_period=14`); docs/coming-from.md has all of them."
            f" Taken without effect: {', '.join(sorted(NO_EFFECT))}."
        ),
    ]


class QuoteQuestion(Listing, kw_only=True):
    """The newest bar."""

    interval: Annotated[IntervalWord, Meta(description="What a bar covers.")] = "1day"
    volume_time_period: Annotated[
        int, Meta(ge=1, le=2_000, description="Bars that the average volume is taken of.")
    ] = 9


class SearchQuestion(msgspec.Struct, kw_only=True):
    """A search among the tickers."""

    symbol: Annotated[str, Meta(max_length=64, description="Part of the ticker, in any case.", examples=["AA"])]
    outputsize: Annotated[int, Meta(ge=1, le=120, description="The most that are found.")] = 30
    snapshot: SnapshotId = None
    params: Rest


class StocksQuestion(msgspec.Struct, kw_only=True):
    """All symbols, or one."""

    symbol: Annotated[Annotated[str, Meta(max_length=64)] | None, Meta(description="One ticker.")] = None
    format: Annotated[Literal["JSON", "json"], Meta(description="JSON alone.")] = "JSON"
    snapshot: SnapshotId = None
    params: Rest


class NamesQuestion(msgspec.Struct, kw_only=True):
    """The list of the indicators."""

    format: Annotated[Literal["JSON", "json"], Meta(description="JSON alone.")] = "JSON"
    params: Rest


def refuse_others(question: msgspec.Struct, params: Mapping[str, str]) -> None:
    """Raise a Refusal of a name that is neither the question's own nor one without effect."""
    for name in params.keys() - NO_EFFECT:
        raise unknown_parameter(name, tuple(one for one in question.__struct_fields__ if one != "params"))


def symbols_of(question: Listing) -> list[str]:
    """Return the symbols asked for; a Refusal if there is none."""
    found = list(dict.fromkeys(filter(None, (one.strip() for one in question.symbol.split(",")))))
    if not found:
        raise Refusal("parameter-out-of-bounds", "symbol must be given", parameter="symbol", allowed="a ticker or more")
    if question.is_csv and len(found) > 1:
        raise Refusal(
            "parameter-out-of-bounds",
            f"CSV takes one symbol, and {len(found)} are given; allowed: format=JSON",
            parameter="format",
            given=question.format,
            allowed=["JSON"],
        )
    return found


def _day(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    return read_day(name, text[:_DAY] if text[_DAY : _DAY + 1] in {"", " ", "T"} else text, "a time after it")
