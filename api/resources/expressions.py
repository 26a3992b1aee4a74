"""POST /v1/expressions: what can be said about series, stored columns, indicators and other symbols, as columns."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import orjson
from msgspec import UNSET, Meta, UnsetType

from api import cursors, errors
from api.access import require_batch
from api.desk import Desk
from api.edition import Edition
from api.items import Name, check_size, tried
from api.openapi import ProblemBody
from api.plans import MOST_COST, SymbolBars, plan, too_costly
from api.problems import Refusal
from api.questions import AdjustName, Interval, SnapshotId, Stretch
from api.reply import Reply
from api.resources.stretch import Partial, partial
from api.stretches import Page, page
from indicators.bars import Array
from indicators.expressions import Evaluation, Plan, Starts, TooManyGaps, computations, cost
from indicators.expressions.parsing import LONGEST_TEXT

ADDRESS = "/v1/expressions"

ColumnName = Annotated[
    str,
    Meta(
        pattern="^(?!date$)[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="a word of letters, digits and underscores other than `date`",
    ),
]
Text = Annotated[str, Meta(max_length=LONGEST_TEXT, description="An expression.")]
Columns = Annotated[
    dict[str, list[str | float | bool | None]],
    Meta(description="`date` and a column for each expression, all of one length, oldest first; null means no value."),
]


class ExpressionsQuestion(msgspec.Struct, kw_only=True):
    """Symbols and expressions, each of the one with each of the other: at most 200 items and 200,000 rows."""

    symbols: Annotated[
        tuple[Name, ...], Meta(min_length=1, max_length=50, description="Tickers.", examples=[["AAPL", "IBM"]])
    ]
    expressions: Annotated[
        dict[ColumnName, Text],
        Meta(
            min_length=1,
            max_length=20,
            description="The columns of the answer, and what is in them.",
            examples=[{"smooth": "rsi(ema(hl2, 5), 14)", "above": "close / sma(close, 200) - 1"}],
        ),
    ]
    interval: Interval = "1d"
    adjust: AdjustName = "split"
    start: Annotated[date | None, Meta(description="The first day, YYYY-MM-DD; else the newest rows come.")] = None
    end: Annotated[date | None, Meta(description="The last day, YYYY-MM-DD.")] = None
    limit: Annotated[int, Meta(ge=1, le=10_000, description="The most rows of a symbol.", examples=[5])] = 250
    snapshot: SnapshotId = None


class ExpressionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An expression that was understood, with status 200; with any other, a problem and nothing else."""

    expression: str
    status: Annotated[int, Meta(examples=[200])]
    problem: ProblemBody | UnsetType = UNSET
    type: Literal["number", "boolean"] | UnsetType = UNSET
    lookback: Annotated[
        int | UnsetType, Meta(description="Bars of the history until all parts but other symbols' have values.")
    ] = UNSET
    memory: Literal["window", "convergent", "anchored"] | UnsetType = UNSET


class ExpressionsItem(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol's columns with status 200, or with any other status a problem and nothing else."""

    symbol: str
    status: Annotated[int, Meta(examples=[200])]
    problem: ProblemBody | UnsetType = UNSET
    bars_before: Annotated[int | UnsetType, Meta(description="Bars of the history ahead of the first row.")] = UNSET
    truncated: Annotated[bool | UnsetType, Meta(description="Whether `limit` left rows out.")] = UNSET
    partial: Partial = UNSET
    columns: Columns | UnsetType = UNSET
    problems: Annotated[
        dict[str, ProblemBody] | UnsetType, Meta(description="By expression, those that this symbol alone is without.")
    ] = UNSET


class Expressions(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of each symbol. An expression with a problem of its own has none, whatever the symbol."""

    snapshot: str
    data_through: str
    interval: Interval
    adjust: AdjustName
    expressions: dict[str, ExpressionAnswer]
    items: tuple[ExpressionsItem, ...]


class _Shown(msgspec.Struct, frozen=True):
    """A symbol whose rows are known."""

    symbol: str
    page: Page


def expressions(question: ExpressionsQuestion, desk: Desk) -> Reply:
    """Return columns or problems for each symbol; an indicator inside costs what its series would."""
    check_size(len(question.symbols), len(question.expressions), question.limit, of="expressions")
    require_batch(len(question.symbols) * len(question.expressions), desk)
    edition = desk.edition(question.snapshot, question.interval)
    understood = {
        name: tried(lambda name=name, text=text: _plan(name, text, question, edition, desk))
        for name, text in question.expressions.items()
    }
    plans = {name: one for name, one in understood.items() if isinstance(one, Plan)}
    asked = cursors.fingerprint(*question.expressions.items())
    items = [
        (symbol, tried(lambda symbol=symbol: page(_stretch(symbol, question, edition), asked, desk)))
        for symbol in question.symbols
    ]
    shown = [_Shown(symbol, found) for symbol, found in items if isinstance(found, Page)]
    _check_cost(shown, plans, edition)

    def render() -> bytes:
        starts = Starts()
        told = [
            _refused(symbol, found, desk)
            if isinstance(found, Refusal)
            else _answered(_Shown(symbol, found), plans, question, starts, desk)
            for symbol, found in items
        ]
        answer = {
            "snapshot": edition.id,
            "data_through": edition.data_through_text,
            "interval": question.interval,
            "adjust": question.adjust,
            "expressions": {name: _told(question.expressions[name], one, desk) for name, one in understood.items()},
            "items": told,
        }
        return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)

    return Reply(render, price=len(shown) * sum(computations(one.node) for one in plans.values()))


def _plan(name: str, text: str, question: ExpressionsQuestion, edition: Edition, desk: Desk) -> Plan:
    return plan(text, f"expressions.{name}", desk, edition, adjust=question.adjust)


def _stretch(symbol: str, question: ExpressionsQuestion, edition: Edition) -> Stretch:
    return Stretch(
        symbol=symbol,
        interval=question.interval,
        adjust=question.adjust,
        start=question.start,
        end=question.end,
        limit=question.limit,
        snapshot=edition.id,
    )


def _check_cost(shown: list[_Shown], plans: Mapping[str, Plan], edition: Edition) -> None:
    """Raise a Refusal if all of it would take too long."""
    spent = 0
    for name, one in plans.items():
        others = max((_bars(edition, other) for other in one.symbols), default=0)
        spent += sum(cost(one.node, max(others, _bars(edition, each.symbol))) for each in shown)
        if spent > MOST_COST:
            raise too_costly(
                f"computing the expressions up to {name} costs {spent:,}; allowed for one question: {MOST_COST:,}",
                f"expressions.{name}",
                cost=spent,
                most=MOST_COST,
            )


def _bars(edition: Edition, symbol: str) -> int:
    span = edition.reader.span(symbol)
    return span.stop - span.start


def _answered(
    shown: _Shown, plans: Mapping[str, Plan], question: ExpressionsQuestion, starts: Starts, desk: Desk
) -> dict[str, Any]:
    page_, edition = shown.page, shown.page.edition
    evaluation = Evaluation(SymbolBars(edition, shown.symbol, question.adjust), starts)
    found = {
        name: tried(lambda name=name, one=one: _column(name, one, evaluation, page_)) for name, one in plans.items()
    }
    problems = {name: _body(one, desk) for name, one in found.items() if isinstance(one, Refusal)}
    columns = {name: one for name, one in found.items() if not isinstance(one, Refusal)}
    return {
        "symbol": shown.symbol,
        "status": 200,
        "bars_before": page_.before,
        "truncated": page_.next_cursor is not None,
        **partial(page_),
        "columns": {"date": edition.calendar.dates(edition.reader.days[page_.first : page_.last]), **columns},
        **({"problems": problems} if problems else {}),
    }


def _column(name: str, one: Plan, evaluation: Evaluation, page_: Page) -> Array | list[bool | None]:
    try:
        values = evaluation.values(one.node)[page_.rows]
    except TooManyGaps as ex:
        raise too_costly(str(ex), f"expressions.{name}") from ex
    return truths(values) if one.kind == "truth" else np.ascontiguousarray(values)


def truths(values: Array) -> list[bool | None]:
    """Return conditions as JSON has them."""
    return [None if value != value else value == 1 for value in values.tolist()]  # noqa: PLR0124 - NaN is no value


def _told(text: str, one: Plan | Refusal, desk: Desk) -> dict[str, Any]:
    if isinstance(one, Refusal):
        return {"expression": text, "status": one.problem.status, "problem": _body(one, desk)}
    kind = "boolean" if one.kind == "truth" else "number"
    return {"expression": text, "status": 200, "type": kind, "lookback": one.lookback, "memory": one.memory}


def _refused(symbol: str, refusal: Refusal, desk: Desk) -> dict[str, Any]:
    return {"symbol": symbol, "status": refusal.problem.status, "problem": _body(refusal, desk)}


def _body(refusal: Refusal, desk: Desk) -> Mapping[str, object]:
    return errors.body_of(refusal, instance=ADDRESS, request_id=desk.request_id)
