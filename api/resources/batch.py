"""POST /v1/batch: many symbols and indicators in one call, of one snapshot; each item answers for itself."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
import numpy as np
from msgspec import UNSET, Meta, UnsetType

from api import errors, sweeps, wide
from api.access import require_batch
from api.choices import Choice, Found, choose, require_affordable, resolved
from api.desk import Desk
from api.frames import Answer, Frame, measured
from api.items import Name, check_size, tried
from api.many import Many, Pages, pages
from api.openapi import ProblemBody
from api.problems import Refusal
from api.questions import AdjustName, Interval
from api.reply import Reply, of_rows
from api.resources import stretch
from api.resources.series import AgainstName, OnName, ProfileName, WithNoncausal
from api.resources.stretch import Columns, Noncausal, Partial, Warmup
from api.stretches import Page
from api.wide import Block
from indicators import BadParameter, Output, declaration, parameters

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


class BatchQuestion(Many, kw_only=True):
    """Symbols and indicators, each of the one with each of the other: at most 1,000 items and 500,000 rows."""

    indicators: Annotated[
        tuple[Wanted, ...],
        Meta(
            min_length=1,
            max_length=20,
            description="Indicators; one may come again with other parameters, and a sweep (`5:50:5`) is one for each"
            " value.",
            examples=[[{"id": "sma", "params": {"period": 20}, "on": "close"}, {"id": "macd"}]],
        ),
    ]


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
    next_cursor: Annotated[
        str | None, Meta(description="Leads to the next rows of every symbol that has some; null at the end.")
    ]
    items: tuple[BatchItem, ...]


def batch(question: BatchQuestion, desk: Desk) -> Reply:
    """Return a series or a problem for each symbol and indicator; those with a series are what it costs."""
    wanted = [one for told in question.indicators for one in _each(told)]
    check_size(len(question.symbols), len(wanted), question.limit, of="indicators")
    require_batch(len(question.symbols) * len(wanted), desk)
    found = pages(question, desk)
    # PERF what is wrong with an indicator is found once, as near names are looked for among all
    choices = [one if isinstance(one, Refusal) else tried(lambda one=one: _chosen(one, desk)) for one in wanted]
    items = [[_item(found.by_symbol[symbol], choice) for choice in choices] for symbol in question.symbols]
    asked = _Asked(question, wanted, choices, items, found)
    shown = [item for of_symbol in items for item in of_symbol if isinstance(item, Found)]
    require_affordable(shown)
    return of_rows(lambda: _answer(asked, desk), desk.form, price=len(shown))


class _Asked(msgspec.Struct, frozen=True):
    """A batch resolved: for each symbol an item of each indicator."""

    question: BatchQuestion
    wanted: list[Wanted]
    choices: list[Choice | Refusal]
    items: list[list[Found | Refusal]]
    pages: Pages


def _each(wanted: Wanted) -> Iterator[Wanted]:
    """Return an indicator once for each value of its sweeps; what is wrong with those is for its item to say."""
    combinations = tried(lambda: list(sweeps.each(wanted.params)))
    if isinstance(combinations, Refusal):
        yield wanted
        return
    for params in combinations:
        yield msgspec.structs.replace(wanted, params=params)


def _item(shown: Page | Refusal, choice: Choice | Refusal) -> Found | Refusal:
    if isinstance(shown, Refusal):
        return shown
    return choice if isinstance(choice, Refusal) else tried(lambda: resolved(choice, shown))


def _chosen(wanted: Wanted, desk: Desk) -> Choice:
    """Return what an item asks for; unlike a query, JSON has numbers, so that text must be one of some words."""
    list(sweeps.each(wanted.params))
    for one in parameters(declaration(wanted.id)):
        for name in (one.name, *one.aliases):
            if isinstance(value := wanted.params.get(name), str) and not one.choices:
                raise BadParameter(name, value, f"must be {one.allowed}")
    return choose(wanted, desk)


def _answer(asked: _Asked, desk: Desk) -> Answer:
    edition = asked.pages.edition
    told = {**stretch.source(edition), "next_cursor": asked.pages.next_cursor}
    if desk.form.is_nested:
        return Answer(told, list(_nested(asked, desk)))
    return Answer(told, _wide(asked))


def _nested(asked: _Asked, desk: Desk) -> Iterator[dict[str, Any]]:
    for symbol, items in zip(asked.question.symbols, asked.items, strict=True):
        for wanted, item in zip(asked.wanted, items, strict=True):
            yield _refused(symbol, wanted, item, desk) if isinstance(item, Refusal) else _shown(item)


def _shown(found: Found) -> dict[str, Any]:
    told = {**found.told(), "status": 200, "truncated": found.page.is_cut}
    return {**stretch.told(found.page, told), "columns": stretch.rows(found.page, found.columns())}


def _wide(asked: _Asked) -> Frame:
    """Return all series side by side; `series` and `symbols` tell what the parts of a nested answer would."""
    chosen = [one for one in asked.choices if isinstance(one, Choice)]
    names = iter(wide.distinct(name for one in chosen for name in one.column_names))
    named = [
        {} if isinstance(one, Refusal) else {next(names): output for output in one.outputs} for one in asked.choices
    ]
    none = np.empty(0)
    columns = [measured(output, name, none) for one in named for name, output in one.items()]
    blocks = [
        _block(symbol, items, named, asked) for symbol, items in zip(asked.question.symbols, asked.items, strict=True)
    ]
    about = {
        "series": [
            _series(wanted, one, of, asked) for wanted, one, of in zip(asked.wanted, asked.choices, named, strict=True)
        ],
        "symbols": [stretch.rows_told(one.page) for one in blocks if one.page],
    }
    return wide.frame(blocks, columns, asked.pages.edition.calendar, about)


def _block(symbol: str, items: list[Found | Refusal], named: list[dict[str, Output]], asked: _Asked) -> Block:
    shown = asked.pages.by_symbol[symbol]
    found = {
        name: column.values
        for item, names in zip(items, named, strict=True)
        if isinstance(item, Found)
        for name, column in zip(names, item.columns(), strict=True)
    }
    refused = [
        wide.told(item, wanted.id)
        for wanted, item in zip(asked.wanted, items, strict=True)
        if isinstance(item, Refusal)
    ]
    return Block(symbol, shown if isinstance(shown, Page) else None, found, refused)


def _series(wanted: Wanted, choice: Choice | Refusal, named: dict[str, Output], asked: _Asked) -> dict[str, Any]:
    if isinstance(choice, Refusal):
        return {"indicator": wanted.id, "params": wanted.params, "problem": wide.told(choice)}
    columns = {choice.output_name(output): name for name, output in named.items()}
    return {**choice.told(asked.pages.edition, asked.question.adjust), "columns": columns}


def _refused(symbol: str, wanted: Wanted, refusal: Refusal, desk: Desk) -> dict[str, Any]:
    address = f"/v1/symbols/{quote(symbol, safe='')}/indicators/{quote(wanted.id, safe='')}"
    return {
        "symbol": symbol,
        "indicator": wanted.id,
        "params": wanted.params,
        "status": refusal.problem.status,
        "problem": errors.body_of(refusal, instance=address, request_id=desk.request_id),
    }
