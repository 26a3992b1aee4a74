"""POST /v1/expressions: what can be said about series, stored columns, indicators and other symbols, as columns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import UNSET, Meta, UnsetType

from api import errors, nulls, wide
from api.access import require_batch
from api.desk import Desk
from api.edition import Edition
from api.frames import Answer, Column, Frame, Kind
from api.items import check_size, tried
from api.many import Many, Pages, pages
from api.nulls import Nulls
from api.openapi import ProblemBody
from api.plans import MOST_COST, SymbolBars, plan, too_costly
from api.problems import Refusal
from api.questions import AdjustName, Interval
from api.reply import Reply, of_rows
from api.resources import stretch
from api.resources.stretch import ChecksName, CoverageOf, Partial
from api.stretches import Page
from api.wide import Refused
from indicators.bars import Array
from indicators.expressions import Evaluation, Plan, Starts, TooManyGaps, computations, cost
from indicators.expressions.parsing import LONGEST_TEXT

ADDRESS = "/v1/expressions"

ColumnName = Annotated[
    str,
    Meta(
        pattern="^(?!(date|symbol|problem)$)[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="a word of letters, digits and underscores other than `date`, `symbol` and `problem`",
    ),
]
Text = Annotated[str, Meta(max_length=LONGEST_TEXT, description="An expression.")]
Columns = Annotated[
    dict[str, list[str | float | bool | None]],
    Meta(description="`date` and a column for each expression, all of one length, oldest first; null means no value."),
]


class ExpressionsQuestion(Many, kw_only=True):
    """Symbols and expressions, each of the one with each of the other: at most 1,000 items and 500,000 rows."""

    expressions: Annotated[
        dict[ColumnName, Text],
        Meta(
            min_length=1,
            max_length=20,
            description="The columns of the answer, and what is in them.",
            examples=[{"smooth": "rsi(ema(hl2, 5), 14)", "above": "close / sma(close, 200) - 1"}],
        ),
    ]


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
    coverage: CoverageOf | UnsetType = UNSET
    partial: Partial = UNSET
    nulls: Nulls | UnsetType = UNSET
    columns: Columns | UnsetType = UNSET
    problems: Annotated[
        dict[str, ProblemBody] | UnsetType, Meta(description="By expression, those that this symbol alone is without.")
    ] = UNSET


class Expressions(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of each symbol. An expression with a problem of its own has none, whatever the symbol."""

    snapshot: str
    data_through: str
    checks: ChecksName
    interval: Interval
    adjust: AdjustName
    next_cursor: Annotated[
        str | None, Meta(description="Leads to the next rows of every symbol that has some; null at the end.")
    ]
    expressions: dict[str, ExpressionAnswer]
    items: tuple[ExpressionsItem, ...]


class _Asked(msgspec.Struct, frozen=True):
    """A question resolved: the plan of each expression and the rows of each symbol, or what is wrong with it."""

    question: ExpressionsQuestion
    understood: Mapping[str, Plan | Refusal]
    pages: Pages

    @property
    def plans(self) -> dict[str, Plan]:
        """The expressions that have a meaning."""
        return {name: one for name, one in self.understood.items() if isinstance(one, Plan)}

    @property
    def shown(self) -> list[Page]:
        """The rows of the symbols that have some, as often as they are asked for."""
        found = (self.pages.by_symbol[symbol] for symbol in self.question.symbols)
        return [one for one in found if isinstance(one, Page)]


class _Item(msgspec.Struct, frozen=True, eq=False):
    """A symbol's rows and columns, and the expressions that it alone is without."""

    page: Page
    columns: dict[str, Array]
    problems: dict[str, Refusal]


def expressions(question: ExpressionsQuestion, desk: Desk) -> Reply:
    """Return columns or problems for each symbol; an indicator inside costs what its series would."""
    check_size(len(question.symbols), len(question.expressions), question.limit, of="expressions")
    require_batch(len(question.symbols) * len(question.expressions), desk)
    found = pages(question, desk)
    understood = {
        name: tried(lambda name=name, text=text: _plan(name, text, question, found.edition, desk))
        for name, text in question.expressions.items()
    }
    asked = _Asked(question, understood, found)
    _check_cost(asked)
    price = len(asked.shown) * sum(computations(one.node) for one in asked.plans.values())
    return of_rows(lambda: _answer(asked, desk), desk.form, price=price)


def _answer(asked: _Asked, desk: Desk) -> Answer:
    question, edition = asked.question, asked.pages.edition
    told = {
        **stretch.source(edition),
        "interval": question.interval,
        "adjust": question.adjust,
        "next_cursor": asked.pages.next_cursor,
        "expressions": {name: _told(question.expressions[name], one, desk) for name, one in asked.understood.items()},
    }
    starts = Starts()
    items = {one.symbol: _item(one, asked.plans, starts) for one in asked.shown}
    if desk.form.is_nested:
        return Answer(told, [_nested(symbol, items, asked, desk) for symbol in question.symbols])
    return Answer(told, _wide(items, asked))


def _nested(symbol: str, items: Mapping[str, _Item], asked: _Asked, desk: Desk) -> dict[str, Any]:
    shown = asked.pages.by_symbol[symbol]
    if isinstance(shown, Refusal):
        return {"symbol": symbol, "status": shown.problem.status, "problem": _body(shown, desk)}
    item = items[symbol]
    columns = tuple(Column(name, _kind(asked.plans[name]), values) for name, values in item.columns.items())
    return {
        "status": 200,
        **stretch.rows_told(shown),
        **_nulls(columns, shown, asked.plans),
        "columns": stretch.rows(shown, columns),
        **({"problems": {name: _body(one, desk) for name, one in item.problems.items()}} if item.problems else {}),
    }


def _nulls(columns: Iterable[Column], shown: Page, plans: Mapping[str, Plan]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in columns:
        plan = plans[one.name]
        found |= nulls.told((one,), shown, plan.lookback, sorted(plan.symbols))["nulls"]
    return {"nulls": found}


def _wide(items: Mapping[str, _Item], asked: _Asked) -> Frame:
    shown, columns = asked.shown, []
    for name, one in asked.plans.items():
        values = wide.joined([items[page.symbol].columns.get(name) for page in shown], shown)
        columns.append(Column(name, _kind(one), values))
    about = {"symbols": [stretch.rows_told(one) for one in shown]}
    return wide.frame(shown, columns, list(_wrong(items, asked)), asked.pages.edition.calendar, about)


def _wrong(items: Mapping[str, _Item], asked: _Asked) -> Iterator[Refused]:
    for name, one in asked.understood.items():
        if isinstance(one, Refusal):
            yield Refused(None, wide.told(one, name))
    for symbol in asked.question.symbols:
        shown = asked.pages.by_symbol[symbol]
        if isinstance(shown, Refusal):
            yield Refused(symbol, wide.told(shown))
        else:
            yield from (Refused(symbol, wide.told(one, name)) for name, one in items[symbol].problems.items())


def _kind(one: Plan) -> Kind:
    return "truth" if one.kind == "truth" else "number"


def _plan(name: str, text: str, question: ExpressionsQuestion, edition: Edition, desk: Desk) -> Plan:
    return plan(text, f"expressions.{name}", desk, edition, adjust=question.adjust)


def _check_cost(asked: _Asked) -> None:
    """Raise a Refusal if all of it would take too long."""
    edition, spent = asked.pages.edition, 0
    for name, one in asked.plans.items():
        others = max((_bars(edition, other) for other in one.symbols), default=0)
        spent += sum(cost(one.node, max(others, _bars(edition, each.symbol))) for each in asked.shown)
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


def _item(shown: Page, plans: Mapping[str, Plan], starts: Starts) -> _Item:
    evaluation = Evaluation(SymbolBars(shown.edition, shown.symbol, shown.adjust), starts)
    found = {
        name: tried(lambda name=name, one=one: _column(name, one, evaluation, shown)) for name, one in plans.items()
    }
    return _Item(
        shown,
        {name: one for name, one in found.items() if not isinstance(one, Refusal)},
        {name: one for name, one in found.items() if isinstance(one, Refusal)},
    )


def _column(name: str, one: Plan, evaluation: Evaluation, shown: Page) -> Array:
    try:
        return np.ascontiguousarray(evaluation.values(one.node)[shown.rows])
    except TooManyGaps as ex:
        raise too_costly(str(ex), f"expressions.{name}") from ex


def _told(text: str, one: Plan | Refusal, desk: Desk) -> dict[str, Any]:
    if isinstance(one, Refusal):
        return {"expression": text, "status": one.problem.status, "problem": _body(one, desk)}
    kind = "boolean" if one.kind == "truth" else "number"
    return {"expression": text, "status": 200, "type": kind, "lookback": one.lookback, "memory": one.memory}


def _body(refusal: Refusal, desk: Desk) -> Mapping[str, object]:
    return errors.body_of(refusal, instance=ADDRESS, request_id=desk.request_id)
