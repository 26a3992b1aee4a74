"""GET /v1/at/{date}: some columns of many symbols on one day, a row or a problem for each."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from api import errors, wide
from api.access import require_batch, require_indicators, require_through
from api.days import NO_DAY
from api.desk import Desk
from api.edition import Edition
from api.frames import Answer, Column, Frame, dates, measured, texts
from api.items import check_size, tried
from api.many import unknown
from api.openapi import ProblemBody
from api.problems import Refusal
from api.questions import Interval, MinDataThrough, SnapshotId
from api.reply import Reply, of_rows, tag_of
from api.resources import stretch
from api.resources.point import USUAL, ColumnNames, Day, day_asked, row_on
from indicators import stored_columns

ADDRESS = "/v1/at/{date}"


class AtQuestion(msgspec.Struct, kw_only=True):
    """Some columns of many symbols on one day."""

    date: Day
    symbols: Annotated[str, Meta(description="Tickers, separated by commas.", examples=["AAPL,IBM,MSFT"])]
    columns: ColumnNames = USUAL
    interval: Interval = "1d"
    snapshot: SnapshotId = None
    min_data_through: MinDataThrough = None


class At(msgspec.Struct, frozen=True, kw_only=True):
    """A row for each symbol, in their order, in the prices adjusted for splits."""

    snapshot: str
    data_through: str
    checks: stretch.ChecksName
    interval: Interval
    columns: Annotated[
        dict[str, list[str | float | bool | None]],
        Meta(
            description="`symbol`, `date`, with weeks and months `partial`, the values, and `problem`; a symbol with a"
            " problem has no date and no values."
        ),
    ]
    problems: Annotated[dict[str, ProblemBody], Meta(description="By symbol, those that have no row.")]


def at(question: AtQuestion, desk: Desk) -> Reply:
    """Return the values of some columns on a day; each symbol that has some costs 1."""
    symbols = question.symbols.split(",")
    check_size(len(symbols), 1, 1, of="days")
    require_batch(len(symbols), desk)
    edition = desk.edition(question.snapshot, question.interval)
    require_through(question.min_data_through, edition)
    selection = edition.selection(question.columns)
    require_indicators(selection.indicators, desk)
    day, strange = day_asked(question.date), unknown(symbols, edition)
    rows = [
        strange[one] if one in strange else tried(lambda one=one: row_on(one, day, edition, desk)) for one in symbols
    ]
    found = np.array([-1 if isinstance(one, Refusal) else one for one in rows], np.int64)

    def answer() -> Answer:
        wrong = {one: row for one, row in zip(symbols, rows, strict=True) if isinstance(row, Refusal)}
        told = {
            **stretch.source(edition),
            "interval": edition.interval,
            "problems": {one: _body(refusal, question, desk) for one, refusal in wrong.items()},
        }
        columns = (
            texts("symbol", symbols),
            dates(np.where(found < 0, NO_DAY, edition.reader.days[found])),
            *_partial(found, edition),
            *(_held(name, found, edition) for name in selection.names),
            texts("problem", (wide.told(wrong[one]) if one in wrong else None for one in symbols)),
        )
        return Answer(told, Frame(columns, edition.calendar))

    identity = f"at|{question.symbols}|{question.interval}|{found.tobytes()!r}|{question.columns}"
    whole = (found >= 0).all()
    tag = tag_of(edition.id, identity, desk.form) if whole else None  # a problem tells of its request
    return of_rows(answer, desk.form, tag=tag, price=int((found >= 0).sum()))


def _held(name: str, rows: np.ndarray[Any, Any], edition: Edition) -> Column:
    values = np.where(rows < 0, np.nan, edition.reader.column(name)[rows])
    if (stored := stored_columns().get(name)) is None:
        return Column(name, "number", values, edition.reader.columns[name].unit)
    indicator, place = stored
    return measured(indicator.outputs[place], name, values)


def _partial(rows: np.ndarray[Any, Any], edition: Edition) -> tuple[Column, ...]:
    if edition.interval == "1d":
        return ()
    flags = [np.nan if row < 0 else float(edition.reader.is_partial(row)) for row in rows.tolist()]
    return (Column("partial", "truth", np.array(flags)),)


def _body(refusal: Refusal, question: AtQuestion, desk: Desk) -> Mapping[str, object]:
    return errors.body_of(refusal, instance=f"/v1/at/{question.date}", request_id=desk.request_id)
