"""GET /v1/symbols/{symbol}/indicators/{id}: stored values where they are stored, else computed on all history."""

from collections.abc import Sequence
from itertools import chain
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api import cursors, deltas, sweeps
from api.access import require_batch
from api.choices import Choice, Found, choose, require_affordable, resolved
from api.deltas import Delta, delta
from api.desk import Desk
from api.explanations import Row, of_indicator
from api.frames import Answer, Column
from api.problems import Refusal
from api.questions import Explain, Stretch, parameters
from api.reply import Reply, of_rows, tag_of
from api.resources import stretch
from api.stretches import Page, page
from indicators import PROFILES, SERIES

IndicatorId = Annotated[str, Meta(description="The indicator's id in the catalogue.", examples=["rsi"])]
ProfileName = Annotated[
    str,
    Meta(
        max_length=64,
        description=f"Whose defaults and conventions hold for what is not given: {' or '.join(PROFILES)}.",
    ),
]
OnName = Annotated[
    str, Meta(max_length=64, description=f"The input: {', '.join(SERIES)}, or any stored column, such as rsi_14.")
]
AgainstName = Annotated[
    Annotated[str, Meta(max_length=64)] | None,
    Meta(
        description="The symbol to compare with, where an indicator takes two, on the days that it has, too.",
        examples=["IBM"],
    ),
]
WithNoncausal = Annotated[
    bool, Meta(description="Whether to answer outputs, too, that stand on days before they were known.")
]


class SeriesQuestion(Stretch, kw_only=True):
    """An indicator over a stretch of history; names not listed here are the indicator's own parameters."""

    id: IndicatorId
    params: dict[str, str | int | float]
    on: OnName = "close"
    against: AgainstName = None
    profile: ProfileName = "talib"
    include_noncausal: WithNoncausal = False
    explain: Explain = False


_OF_VARIANTS = ("params", "source", "warmup", "noncausal")
_OWN = tuple(name for name in parameters(SeriesQuestion) if name not in {"symbol", "id"})


def series(question: SeriesQuestion, desk: Desk) -> Reply:
    """Return an indicator's columns; of a sweep those of every value, each for what it would cost alone."""
    choices = _choices(question, desk)
    rows = (question.symbol, question.interval, question.adjust, question.start, question.end, question.since)
    asked = cursors.fingerprint(*(one.identity for one in choices), *rows)
    _require_one_value(question)
    if question.since is not None:
        return _since(question, choices, delta(question, question.since, asked, desk), desk)
    shown, is_swept = page(question, asked, desk), sweeps.is_swept(question.params)
    found = _found(choices, shown, desk, is_swept=is_swept)

    def answer() -> Answer:
        parts = [_columns(one, is_swept=is_swept) for one in found]
        told = {**_told(found, is_swept=is_swept), **_nulls(found, parts), "next_cursor": shown.next_cursor}
        if question.explain:
            told["explain"] = _explained(found[0], parts[0], desk)
        return Answer(told, stretch.rows(shown, tuple(chain.from_iterable(parts))))

    identity = f"{asked}|{shown.first}|{shown.last}|{shown.next_cursor}|{question.explain}"
    return of_rows(answer, desk.form, tag=tag_of(shown.edition.id, identity, desk.form), price=len(found))


def _require_one_value(question: SeriesQuestion) -> None:
    """Raise a Refusal of what can't be explained: several indicators, or what changed."""
    if question.explain and (question.since is not None or sweeps.is_swept(question.params)):
        raise Refusal(
            "parameter-out-of-bounds",
            "explain=true tells of the last row of one indicator: leave out `since`, and name single parameters",
            parameter="explain",
            given="true",
            allowed=["false"],
        )


def _explained(one: Found, columns: tuple[Column, ...], desk: Desk) -> dict[str, Any] | None:
    page = one.page
    if page.first == page.last:
        return None
    at = Row(page.edition, page.symbol, page.adjust, page.last - 1, page.edition.window(desk.tier))
    return msgspec.to_builtins(of_indicator(at, one.choice, columns))


def _since(question: SeriesQuestion, choices: Sequence[Choice], asked: Delta, desk: Desk) -> Reply:
    """Return what changed: computed in both snapshots, for what it costs in one."""
    is_swept = sweeps.is_swept(question.params)
    found = _found(choices, asked.page, desk, is_swept=is_swept)

    def columns(page: Page) -> tuple[Column, ...]:
        return tuple(chain.from_iterable(_columns(resolved(one, page), is_swept=is_swept) for one in choices))

    tag = tag_of(asked.page.edition.id, asked.identity, desk.form)
    return of_rows(
        lambda: deltas.answer(asked, columns, _told(found, is_swept=is_swept)), desk.form, tag=tag, price=len(found)
    )


def _found(choices: Sequence[Choice], shown: Page, desk: Desk, *, is_swept: bool) -> list[Found]:
    found = [resolved(one, shown) for one in choices]
    desk.entry.series = [(one.choice.indicator.id, one.stored) for one in found]
    if is_swept:
        require_affordable(one for one in found if not one.stored)
    return found


def _told(found: Sequence[Found], *, is_swept: bool) -> dict[str, Any]:
    page, own = found[0].page, _swept(found) if is_swept else found[0].told()
    return stretch.told(page, {**own, **stretch.source(page.edition)})


def _choices(question: SeriesQuestion, desk: Desk) -> list[Choice]:
    if not sweeps.is_swept(question.params):
        return [choose(question, desk, besides=_OWN)]
    combinations = list(sweeps.each(question.params))
    require_batch(len(combinations), desk)
    return [choose(msgspec.structs.replace(question, params=params), desk, besides=_OWN) for params in combinations]


def _swept(found: Sequence[Found]) -> dict[str, Any]:
    told = [one.told() for one in found]
    variants = [
        {name: one[name] for name in _OF_VARIANTS} | {"columns": each.choice.named}
        for one, each in zip(told, found, strict=True)
    ]
    return {name: value for name, value in told[0].items() if name not in _OF_VARIANTS} | {"variants": variants}


def _columns(one: Found, *, is_swept: bool) -> tuple[Column, ...]:
    """Return the columns of one value of a sweep, named to stand beside the others', or of an indicator alone."""
    columns = one.columns()
    if not is_swept:
        return columns
    named = zip(one.choice.column_names, columns, strict=True)
    return tuple(msgspec.structs.replace(column, name=name) for name, column in named)


def _nulls(found: Sequence[Found], parts: Sequence[tuple[Column, ...]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for one, columns in zip(found, parts, strict=True):
        told |= one.nulls(columns)["nulls"]
    return {"nulls": told}
