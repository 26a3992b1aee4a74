"""The routes in other services' words; `api.routes` joins them to the others."""

from types import FunctionType

import msgspec

from api.compat.alphavantage import query
from api.compat.dialects import ALPHA_VANTAGE, TWELVE_DATA
from api.compat.twelvedata import lists, questions, quotes, series
from api.endpoint import Endpoint

_TAKEN = ("parameter-out-of-bounds", "unknown-snapshot", "no-snapshot")
_ROWS = ("unknown-symbol", "history-above-tier", *_TAKEN)
_NEWEST = ("batch-above-tier", *_ROWS)
_DATED = ("bad-date", *_NEWEST)
_CSV = ("text/csv",)


def _twelve_data(
    path: str,
    answers: FunctionType,
    asked: tuple[type[msgspec.Struct], type[msgspec.Struct]],
    errors: tuple[str, ...],
    summary: str,
    *,
    price: int = 1,
) -> Endpoint:
    several = issubclass(asked[0], questions.Listing)
    return Endpoint(
        "GET",
        f"{TWELVE_DATA.root}/{path}",
        answers,
        *asked,
        price,
        errors,
        summary,
        media=_CSV if several else (),
        by_symbol=several,
    )


COMPAT_ENDPOINTS = (
    Endpoint(
        "GET",
        f"{ALPHA_VANTAGE.root}/query",
        query.query,
        query.Question,
        query.AlphaVantageSeries,
        1,
        ("indicator-above-tier", *_ROWS),
        "Alpha Vantage's functions: indicators, daily, weekly and monthly bars, the quote, the search",
        media=_CSV,
        others=(query.AlphaVantageQuote, query.AlphaVantageMatches),
    ),
    _twelve_data(
        "time_series",
        series.time_series,
        (questions.TimeSeriesQuestion, series.TwelveDataSeries),
        _DATED,
        "Bars in Twelve Data's shape; each symbol costs 1 of the day",
    ),
    _twelve_data(
        "quote",
        quotes.quote,
        (questions.QuoteQuestion, quotes.TwelveDataQuote),
        _NEWEST,
        "The newest bar and its change",
    ),
    _twelve_data("price", quotes.price, (questions.Listing, quotes.TwelveDataPrice), _NEWEST, "The newest close alone"),
    _twelve_data(
        "eod", quotes.eod, (questions.Listing, quotes.TwelveDataClose), _NEWEST, "The newest close and its day"
    ),
    _twelve_data(
        "symbol_search",
        lists.symbol_search,
        (questions.SearchQuestion, lists.TwelveDataList),
        _TAKEN,
        "Symbols by part of the ticker, in Twelve Data's shape",
    ),
    _twelve_data(
        "stocks",
        lists.stocks,
        (questions.StocksQuestion, lists.TwelveDataList),
        ("unknown-symbol", *_TAKEN),
        "All symbols, or one, in Twelve Data's shape",
    ),
    _twelve_data(
        "technical_indicators",
        lists.technical_indicators,
        (questions.NamesQuestion, lists.TwelveDataNames),
        ("parameter-out-of-bounds",),
        "The indicators that are answered in Twelve Data's words",
        price=0,
    ),
    _twelve_data(
        "{indicator}",
        series.indicator,
        (questions.IndicatorQuestion, series.TwelveDataSeries),
        ("unknown-indicator", "indicator-above-tier", *_DATED),
        "An indicator by its name at Twelve Data; each symbol costs 1 of the day",
    ),
)
