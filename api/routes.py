"""Every route on one page. Router, validation, price and /openapi.json all follow from these records."""

from api import openapi
from api.account_routes import ACCOUNT_ENDPOINTS
from api.accounts.scopes import SQL
from api.compat_routes import COMPAT_ENDPOINTS
from api.desk import Desk
from api.endpoint import PUBLIC, Endpoint
from api.questions import Nothing, Stretch
from api.reply import Reply
from api.resources import (
    account,
    at,
    bars,
    batch,
    catalogue,
    expressions,
    point,
    screen,
    series,
    snapshots,
    sql,
    symbols,
    system,
    usage,
)
from api.resources.stretch import Bars, BarsSince, Series, SeriesExplained, SeriesSince, Sweep, SweepSince
from api.tokens import wellknown


def describe(_question: Nothing, _desk: Desk) -> Reply:
    """Return the OpenAPI document of these routes."""
    return openapi.reply(ENDPOINTS)


_DAYS = ("bad-date", "date-before-history", "date-after-data", "history-above-tier")
_DATED = ("unknown-symbol", *_DAYS)
_PAGED = ("start-after-end", "bad-cursor")
_TAKEN = ("parameter-out-of-bounds", "unknown-snapshot", "no-snapshot")
_FRESH = ("stale-data", "bad-date")

ENDPOINTS = (
    Endpoint("GET", "/v1/indicators", catalogue.indicators, Nothing, catalogue.Catalogue, 0, (), "All indicators"),
    Endpoint(
        "GET",
        "/v1/indicators/{id}",
        catalogue.indicator,
        catalogue.IndicatorQuestion,
        catalogue.IndicatorEntry,
        0,
        ("unknown-indicator",),
        "One indicator: parameters with bounds, outputs with units",
    ),
    Endpoint(
        "GET",
        "/v1/symbols",
        symbols.symbols,
        symbols.SymbolsQuestion,
        symbols.Symbols,
        1,
        ("bad-cursor", *_TAKEN),
        "Symbols, searched by part of the ticker",
    ),
    Endpoint(
        "GET",
        "/v1/symbols/{symbol}",
        symbols.symbol,
        symbols.SymbolQuestion,
        symbols.SymbolAnswer,
        1,
        ("unknown-symbol", *_TAKEN),
        "One symbol and how far its bars reach",
    ),
    Endpoint(
        "GET",
        "/v1/symbols/{symbol}/bars",
        bars.bars,
        Stretch,
        Bars,
        1,
        (*_DATED, *_PAGED, *_FRESH, *_TAKEN),
        "Open, high, low, close and volume",
        has_rows=True,
        others=(BarsSince,),
    ),
    Endpoint(
        "GET",
        "/v1/symbols/{symbol}/indicators/{id}",
        series.series,
        series.SeriesQuestion,
        Series,
        1,
        (
            "unknown-indicator",
            "indicator-above-tier",
            "against-missing",
            "against-itself",
            "batch-above-tier",
            "batch-too-costly",
            *_DATED,
            *_PAGED,
            *_FRESH,
            *_TAKEN,
        ),
        "An indicator with any parameters, stored or computed on the whole history",
        has_rows=True,
        others=(Sweep, SeriesExplained, SeriesSince, SweepSince),
    ),
    Endpoint(
        "GET",
        "/v1/symbols/{symbol}/at/{date}",
        point.point,
        point.PointQuestion,
        point.Point,
        1,
        ("unknown-column", "no-bar", "indicator-above-tier", *_DATED, *_FRESH, *_TAKEN),
        "Some columns of one symbol on one day",
        others=(point.PointExplained,),
    ),
    Endpoint(
        "GET",
        at.ADDRESS,
        at.at,
        at.AtQuestion,
        at.At,
        1,
        ("unknown-column", "indicator-above-tier", "batch-above-tier", *_FRESH, *_TAKEN),
        "Some columns of many symbols on one day; every symbol with a row costs 1 of the day",
        has_rows=True,
    ),
    Endpoint(
        "POST",
        "/v1/batch",
        batch.batch,
        batch.BatchQuestion,
        batch.Batch,
        1,
        ("batch-above-tier", "batch-too-costly", "bad-cursor", *_FRESH, *_TAKEN),
        "Many symbols and indicators at once; every series costs 1 of the day, and a problem nothing",
        has_rows=True,
    ),
    Endpoint(
        "POST",
        expressions.ADDRESS,
        expressions.expressions,
        expressions.ExpressionsQuestion,
        expressions.Expressions,
        1,
        ("batch-above-tier", "expression-too-costly", "bad-cursor", *_FRESH, *_TAKEN),
        "Expressions over series, indicators and other symbols; every indicator of a symbol costs 1 of the day",
        has_rows=True,
    ),
    Endpoint(
        "POST",
        screen.ADDRESS,
        screen.screen,
        screen.ScreenQuestion,
        screen.Screen,
        1,
        (
            "bad-expression",
            "expression-too-costly",
            "indicator-above-tier",
            "no-bar",
            *_DAYS,
            "start-after-end",
            *_FRESH,
            *_TAKEN,
        ),
        "A condition over all symbols, on one day or on each of many; costs by how much is looked at",
        has_rows=True,
    ),
    Endpoint(
        "POST",
        sql.ADDRESS,
        sql.sql,
        sql.SqlQuestion,
        sql.SqlAnswer,
        sql.PRICE,
        ("sql-off", "sql-refused", "bad-sql", "query-limit", "temporary-reduced-capacity", *_TAKEN),
        f"One select on a snapshot, for tiers without limits to indicators and history; costs {sql.PRICE} of the day",
        scope=SQL,
    ),
    Endpoint(
        "GET", "/v1/snapshots", snapshots.kept, Nothing, snapshots.Snapshots, 0, ("no-snapshot",), "Kept snapshots"
    ),
    Endpoint(
        "GET",
        "/v1/snapshots/current",
        snapshots.current,
        Nothing,
        snapshots.SnapshotItem,
        0,
        ("no-snapshot",),
        "The served snapshot",
    ),
    Endpoint(
        "GET",
        "/v1/me",
        account.me,
        Nothing,
        account.Me,
        0,
        (),
        "Whose the credential is, and the tier",
        changing=True,
        scope=None,
    ),
    Endpoint(
        "GET",
        "/v1/usage",
        usage.usage,
        usage.UsageQuestion,
        usage.Usage,
        0,
        ("bad-date", "start-after-end", "bad-cursor", "parameter-out-of-bounds"),
        "The account's use by day, route and key",
        changing=True,
    ),
    *COMPAT_ENDPOINTS,
    *ACCOUNT_ENDPOINTS,
    Endpoint("GET", "/healthz", system.health, Nothing, system.Health, PUBLIC, (), "The process answers", True),
    Endpoint("GET", "/readyz", system.ready, Nothing, system.Ready, PUBLIC, (), "What can be answered now", True),
    Endpoint("GET", wellknown.JWKS_PATH, wellknown.jwks, Nothing, wellknown.PublicKeys, PUBLIC, (), "Keys of tokens"),
    Endpoint(
        "GET",
        "/.well-known/oauth-authorization-server",
        wellknown.metadata,
        Nothing,
        wellknown.Metadata,
        PUBLIC,
        (),
        "Where and how access tokens are given",
    ),
    Endpoint("GET", "/openapi.json", describe, Nothing, openapi.Document, PUBLIC, (), "This description"),
    Endpoint(
        "GET",
        "/problems/{slug}",
        system.problem,
        system.ProblemQuestion,
        system.ProblemPage,
        PUBLIC,
        ("not-found",),
        "What a problem type means",
    ),
)
