"""POST /v1/batch: many symbols and indicators in one call, of one snapshot; each item answers for itself."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
import numpy as np
from msgspec import UNSET, Meta, UnsetType
from numpy.typing import NDArray

from api import errors, sweeps, wide
from api.access import require_batch
from api.choices import Choice, Found, choose, require_affordable, resolved
from api.desk import Desk
from api.frames import Answer, Frame, measured
from api.items import Name, check_size, tried
from api.many import Many, Pages, pages
from api.nulls import Nulls
from api.openapi import ProblemBody
from api.problems import Refusal
from api.questions import AdjustName, Interval
from api.reply import Reply, of_rows
from api.resources import stretch
from api.resources.series import AgainstName, OnName, ProfileName, WithNoncausal
from api.resources.stretch import ChecksName, Columns, CoverageOf, Noncausal, Partial, Warmup
from api.stretches import Page
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
    coverage: CoverageOf | UnsetType = UNSET
    partial: Partial = UNSET
    nulls: Nulls | UnsetType = UNSET
    columns: Columns | UnsetType = UNSET


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The items of the first symbol, then those of the next, each in the order of the indicators."""

    snapshot: str
    data_through: str
    checks: ChecksName
    next_cursor: Annotated[
        str | None, Meta(description="Leads to the next rows of every symbol that has some; null at the end.")
    ]
    items: tuple[BatchItem, ...]


def batch(question: BatchQuestion, desk: Desk) -> Reply:
    """Return a series or a problem for each symbol and indicator; those with a series are what it costs."""
    wanted = [one for told in question.indicators for one in _each(told)]
    check_size(len(question.symbols), len(wanted), question.limit, of="indicators")
    require_batch(len(question.symbols) * len(wanted), desk)
    # PERF what is wrong with an indicator is found once, as near names are looked for among all
    choices = tuple(tried(lambda one=one: _chosen(one, desk)) for one in wanted)
    asked = _Asked(question, tuple(wanted), choices, pages(question, desk))
    found = [(place, item) for _, place, item in asked.items() if isinstance(item, Found)]
    stored = {place for place, one in enumerate(choices) if isinstance(one, Choice) and asked.is_stored(one)}
    require_affordable(item for place, item in found if place not in stored)
    desk.entry.series = [(item.choice.indicator.id, place in stored) for place, item in found]
    return of_rows(lambda: _answer(asked, desk), desk.form, price=len(found))


class _Asked(msgspec.Struct, frozen=True):
    """A batch resolved: the rows of each symbol and each indicator, or what is wrong with it."""

    question: BatchQuestion
    wanted: tuple[Wanted, ...]
    choices: tuple[Choice | Refusal, ...]
    pages: Pages

    def items(self) -> Iterator[tuple[str, int, Found | Refusal]]:
        """Return every item with its symbol and its indicator's place."""
        for symbol in self.question.symbols:
            shown = self.pages.by_symbol[symbol]
            for place, choice in enumerate(self.choices):
                yield symbol, place, _item(shown, choice)

    def is_stored(self, choice: Choice) -> bool:
        """Return whether the snapshot has the values of an indicator."""
        return choice.is_stored(self.pages.edition, self.question.adjust)


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
    if isinstance(choice, Refusal):
        return choice
    return Found(choice, shown) if choice.inputs.against is None else tried(lambda: resolved(choice, shown))


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
    told = [{} if isinstance(one, Refusal) else _of_all(one, asked) for one in asked.choices]
    for symbol, place, item in asked.items():
        if isinstance(item, Refusal):
            yield _refused(symbol, asked.wanted[place], item, desk)
            continue
        page = item.page
        warmup = {**told[place]["warmup"], "bars_before": page.before}
        besides = {**told[place], "warmup": warmup, "status": 200, "truncated": page.is_cut}
        columns = item.columns()
        yield {**stretch.told(page, besides), **item.nulls(columns), "columns": stretch.rows(page, columns)}


def _of_all(choice: Choice, asked: _Asked) -> dict[str, Any]:
    return choice.told(asked.pages.edition, asked.question.adjust)


def _wide(asked: _Asked) -> Frame:
    """Return all series side by side; `series` and `symbols` tell what the parts of a nested answer would."""
    chosen = [one for one in asked.choices if isinstance(one, Choice)]
    names = iter(wide.distinct(name for one in chosen for name in one.column_names))
    named = [
        {} if isinstance(one, Refusal) else {next(names): output for output in one.outputs} for one in asked.choices
    ]
    shown = [one for one in map(asked.pages.by_symbol.__getitem__, asked.question.symbols) if isinstance(one, Page)]
    refused = [
        wide.Refused(symbol, wide.told(item, asked.wanted[place].id))
        for symbol, place, item in asked.items()
        if isinstance(item, Refusal)
    ]
    columns = [
        measured(output, name, values)
        for choice, of in zip(asked.choices, named, strict=True)
        if isinstance(choice, Choice)
        for (name, output), values in zip(of.items(), _columns(choice, shown, asked), strict=True)
    ]
    about = {
        "series": [
            _series(wanted, one, of, asked) for wanted, one, of in zip(asked.wanted, asked.choices, named, strict=True)
        ],
        "symbols": [stretch.rows_told(one) for one in shown],
    }
    return wide.frame(shown, columns, refused, asked.pages.edition.calendar, about)


def _columns(choice: Choice, shown: list[Page], asked: _Asked) -> list[NDArray[np.float64]]:
    """Return the values of an indicator's outputs over all pages."""
    if asked.is_stored(choice) and not choice.include_noncausal:
        stored = map(asked.pages.edition.reader.column, choice.names)
        return [wide.joined([column[one.first : one.last] for one in shown], shown) for column in stored]
    items = [_item(one, choice) for one in shown]
    parts = [[column.values for column in one.columns()] if isinstance(one, Found) else None for one in items]
    return [
        wide.joined([None if part is None else part[place] for part in parts], shown)
        for place in range(len(choice.outputs))
    ]


def _series(wanted: Wanted, choice: Choice | Refusal, named: dict[str, Output], asked: _Asked) -> dict[str, Any]:
    if isinstance(choice, Refusal):
        return {"indicator": wanted.id, "params": wanted.params, "problem": wide.told(choice)}
    columns = {choice.output_name(output): name for name, output in named.items()}
    return {**_of_all(choice, asked), "columns": columns}


def _refused(symbol: str, wanted: Wanted, refusal: Refusal, desk: Desk) -> dict[str, Any]:
    address = f"/v1/symbols/{quote(symbol, safe='')}/indicators/{quote(wanted.id, safe='')}"
    return {
        "symbol": symbol,
        "indicator": wanted.id,
        "params": wanted.params,
        "status": refusal.problem.status,
        "problem": errors.body_of(refusal, instance=address, request_id=desk.request_id),
    }
