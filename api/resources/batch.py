"""POST /v1/batch: many symbols and indicators in one call, of one snapshot; each item answers for itself."""

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
import orjson
from msgspec import UNSET, Meta, UnsetType

from api import errors
from api.access import require_batch
from api.desk import Desk
from api.items import Name, check_size, tried
from api.openapi import ProblemBody
from api.problems import Refusal
from api.questions import AdjustName, Interval, SnapshotId, Stretch
from api.reply import Reply
from api.resources import series, stretch
from api.resources.series import AgainstName, Choice, Found, OnName, ProfileName, WithNoncausal
from api.resources.stretch import Columns, Noncausal, Partial, Warmup
from indicators import BadParameter, declaration, parameters

_LARGEST = 2**53

Value = Annotated[int, Meta(ge=-_LARGEST, le=_LARGEST)] | float | Name
Params = Annotated[dict[Name, Value], Meta(max_length=16, description="The indicator's own parameters.")]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An indicator to be answered for every symbol."""

    id: Annotated[Name, Meta(description="The indicator's id in the catalogue.", examples=["rsi"])]
    params: Params = msgspec.field(default_factory=dict)
    on: OnName = "close"
    against: AgainstName = None
    profile: ProfileName = "talib"
    include_noncausal: WithNoncausal = False


class BatchQuestion(msgspec.Struct, kw_only=True):
    """Symbols and indicators, each of the one with each of the other: at most 200 items and 200,000 rows."""

    symbols: Annotated[
        tuple[Name, ...], Meta(min_length=1, max_length=50, description="Tickers.", examples=[["AAPL", "IBM"]])
    ]
    indicators: Annotated[
        tuple[Wanted, ...],
        Meta(
            min_length=1,
            max_length=20,
            description="Indicators; one may come again with other parameters.",
            examples=[[{"id": "sma", "params": {"period": 20}, "on": "close"}, {"id": "macd"}]],
        ),
    ]
    interval: Interval = "1d"
    adjust: AdjustName = "split"
    start: Annotated[date | None, Meta(description="The first day, YYYY-MM-DD; else the newest rows come.")] = None
    end: Annotated[date | None, Meta(description="The last day, YYYY-MM-DD.")] = None
    limit: Annotated[int, Meta(ge=1, le=10_000, description="The most rows of an item.", examples=[5])] = 250
    snapshot: SnapshotId = None


class BatchItem(msgspec.Struct, frozen=True, kw_only=True):
    """A series with status 200, or with any other status a problem and nothing else."""

    symbol: str
    indicator: str
    params: Annotated[
        dict[str, int | float | str],
        Meta(description="All parameters, defaults included; with a problem, those given."),
    ]
    status: Annotated[int, Meta(description="What the same question would get as a GET.", examples=[200])]
    problem: ProblemBody | UnsetType = UNSET
    interval: Interval | UnsetType = UNSET
    adjust: AdjustName | UnsetType = UNSET
    profile: Annotated[str | UnsetType, Meta(description="Whose conventions the other parameters follow.")] = UNSET
    on: Annotated[str | UnsetType | None, Meta(description="The input; null where the inputs are fixed.")] = UNSET
    against: Annotated[str | UnsetType | None, Meta(description="The symbol compared with, if any.")] = UNSET
    source: Literal["stored", "computed"] | UnsetType = UNSET
    warmup: Warmup | UnsetType = UNSET
    noncausal: Noncausal | UnsetType = UNSET
    truncated: Annotated[bool | UnsetType, Meta(description="Whether `limit` left rows out.")] = UNSET
    partial: Partial = UNSET
    columns: Columns | UnsetType = UNSET


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The items of the first symbol, then those of the next, each in the order of the indicators."""

    snapshot: str
    data_through: str
    items: tuple[BatchItem, ...]


def batch(question: BatchQuestion, desk: Desk) -> Reply:
    """Return a series or a problem for each symbol and indicator; those with a series are what it costs."""
    check_size(len(question.symbols), len(question.indicators), question.limit, of="indicators")
    require_batch(len(question.symbols) * len(question.indicators), desk)
    edition = desk.edition(question.snapshot, question.interval)
    # PERF what is wrong with a symbol or an indicator is found once, as near names are looked for among all
    spans = [tried(lambda one=one: edition.reader.span(one)) for one in question.symbols]
    choices = [tried(lambda one=one: _chosen(one, desk)) for one in question.indicators]
    items = []
    for symbol, span in zip(question.symbols, spans, strict=True):
        asked = Stretch(
            symbol=symbol,
            interval=question.interval,
            adjust=question.adjust,
            start=question.start,
            end=question.end,
            limit=question.limit,
            snapshot=edition.id,
        )
        for wanted, choice in zip(question.indicators, choices, strict=True):
            item = span if isinstance(span, Refusal) else _found(asked, choice, desk)
            items.append(_refused(symbol, wanted, item, desk) if isinstance(item, Refusal) else item)

    def render() -> bytes:
        told = [_shown(item) if isinstance(item, Found) else item for item in items]
        answer = {"snapshot": edition.id, "data_through": edition.data_through_text, "items": told}
        return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)

    return Reply(render, price=sum(isinstance(item, Found) for item in items))


def _chosen(wanted: Wanted, desk: Desk) -> Choice:
    """Return what an item asks for; unlike a query, JSON has numbers, so that text must be one of some words."""
    for one in parameters(declaration(wanted.id)):
        for name in (one.name, *one.aliases):
            if isinstance(value := wanted.params.get(name), str) and not one.choices:
                raise BadParameter(name, value, f"must be {one.allowed}")
    return series.choose(wanted, desk)


def _found(asked: Stretch, choice: Choice | Refusal, desk: Desk) -> Found | Refusal:
    return choice if isinstance(choice, Refusal) else tried(lambda: series.find(asked, choice, desk))


def _shown(found: Found) -> dict[str, Any]:
    told = {**found.told(), "status": 200, "truncated": found.page.next_cursor is not None}
    return stretch.frame(found.question, found.page, told, found.columns())


def _refused(symbol: str, wanted: Wanted, refusal: Refusal, desk: Desk) -> dict[str, Any]:
    address = f"/v1/symbols/{quote(symbol, safe='')}/indicators/{quote(wanted.id, safe='')}"
    return {
        "symbol": symbol,
        "indicator": wanted.id,
        "params": wanted.params,
        "status": refusal.problem.status,
        "problem": errors.body_of(refusal, instance=address, request_id=desk.request_id),
    }
