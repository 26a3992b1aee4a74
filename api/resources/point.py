"""GET /v1/symbols/{symbol}/at/{date}: some columns of one symbol on one day. The hot path."""

from typing import Annotated

import msgspec
import orjson
from msgspec import UNSET, Meta, UnsetType

from api.access import require_day, require_indicators, require_through
from api.days import iso
from api.desk import Desk
from api.edition import Edition
from api.explanations import Explanation, Row, of_columns
from api.problems import Refusal
from api.questions import Explain, Interval, MinDataThrough, SnapshotId, Symbol, read_day
from api.reply import Reply, tag_of
from api.resources.stretch import Partial
from api.stretches import require_known
from warehouse.serving import BAR_COLUMNS

LATEST = "latest"
USUAL = ",".join(BAR_COLUMNS)


Day = Annotated[
    str,
    Meta(
        description="A session, YYYY-MM-DD, or `latest`: the symbol's newest bar.",
        extra_json_schema={"pattern": r"^(latest|\d{4}-\d{2}-\d{2})$"},
        examples=["2013-03-01"],
    ),
]
ColumnNames = Annotated[
    str,
    Meta(
        description="Stored columns and bar columns, separated by commas; the catalogue names those stored.",
        examples=["rsi_14,macd_12_26_9,close"],
    ),
]


class PointQuestion(msgspec.Struct, kw_only=True):
    """Some columns of one symbol on one day."""

    symbol: Symbol
    date: Day
    columns: ColumnNames = USUAL
    interval: Interval = "1d"
    snapshot: SnapshotId = None
    min_data_through: MinDataThrough = None
    explain: Explain = False


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """Values of one symbol on one day, in the prices adjusted for splits."""

    symbol: str
    date: str
    interval: Annotated[
        Interval | UnsetType, Meta(description="With weeks and months: what the bar of that date covers.")
    ] = UNSET
    partial: Partial = UNSET
    snapshot: str
    data_through: str
    values: Annotated[dict[str, float | None], Meta(description="By column; null means no value.")]


class PointExplained(Point, frozen=True, kw_only=True):
    """Values, and how they came about."""

    explain: Explanation


def point(question: PointQuestion, desk: Desk) -> Reply:
    """Return the values of some columns on a day."""
    edition = desk.edition(question.snapshot, question.interval)
    if question.min_data_through is not None:  # PERF: no call where nothing is asked
        require_through(question.min_data_through, edition)
    selection = edition.selection(question.columns)
    require_indicators(selection.indicators, desk)
    row = row_on(question.symbol, day_asked(question.date), edition, desk)
    day = iso(edition.days[row])

    def render() -> bytes:
        values = {name: column[row] for name, column in zip(selection.names, selection.values, strict=True)}
        answer: dict[str, object] = {
            "symbol": question.symbol,
            "date": day,
            "snapshot": edition.id,
            "data_through": edition.data_through_text,
            "values": values,
        }
        if edition.interval != "1d":
            answer |= {"interval": edition.interval, "partial": edition.reader.is_partial(row)}
        if question.explain:
            at = Row(edition, question.symbol, "split", row, edition.window(desk.tier))
            answer["explain"] = msgspec.to_builtins(of_columns(at, selection.names))
        return orjson.dumps(answer)

    identity = f"{question.symbol}|{question.interval}|{day}|{question.columns}"
    return Reply(render, tag_of(edition.id, f"{identity}|explain" if question.explain else identity))


def day_asked(text: str) -> int | None:
    """Return the day that a question names, None for the newest."""
    return None if text == LATEST else read_day("date", text, LATEST)


def row_on(symbol: str, day: int | None, edition: Edition, desk: Desk) -> int:
    """Return the row of a symbol's bar; raises UnknownSymbol, or a Refusal of the day."""
    span = edition.reader.span(symbol)
    if day is None:
        row = span.stop - 1
        require_day("date", edition.days[row], edition, desk)
        return row
    row = edition.row_from(span, day)
    is_session = row < span.stop and edition.days[row] == day
    if not is_session:
        require_known("date", day, span, edition)
    require_day("date", day, edition, desk)
    if not is_session:
        raise _no_bar(symbol, day, row, span, edition)
    return row


def _no_bar(symbol: str, day: int, row: int, span: slice, edition: Edition) -> Refusal:
    before = iso(edition.days[row - 1]) if row > span.start else None
    after = iso(edition.days[row]) if row < span.stop else None
    return Refusal(
        "no-bar",
        f"{symbol} has no bar on {iso(day)}; the sessions around it: {before}, {after}",
        parameter="date",
        given=iso(day),
        allowed=[one for one in (before, after) if one],
        before=before,
        after=after,
    )
