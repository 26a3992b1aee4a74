"""POST /v1/screen: a condition over all symbols, on one day or on each of many."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from api import screening
from api.access import require_day, require_through
from api.days import day_of, iso
from api.desk import Desk
from api.edition import Edition
from api.frames import Answer, Column, Frame, dates, texts
from api.plans import MOST_COST, screened, too_costly
from api.problems import Refusal
from api.questions import MinDataThrough, SnapshotId, read_day
from api.reply import Reply, of_rows
from api.resources import stretch
from api.resources.expressions import Text
from api.resources.point import LATEST
from api.screening import MOST_RANKED, Outcome, Screening
from api.stretches import require_known
from indicators.expressions import TooManyGaps

ADDRESS = "/v1/screen"
PRICED = 10_000_000  # of cost, for a unit of the day


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some days."""

    start: Annotated[date, Meta(description="The first day, YYYY-MM-DD.")]
    end: Annotated[date | None, Meta(description="The last day, YYYY-MM-DD; by default the newest session.")] = None


class ScreenQuestion(msgspec.Struct, kw_only=True):
    """A condition, and what to tell of the symbols that meet it."""

    where: Annotated[
        Text, Meta(description="The condition: an expression.", examples=["rsi_14 < 40 and close > sma_200"])
    ]
    at: Annotated[
        str | Period,
        Meta(description="A session, YYYY-MM-DD, or `latest`, the newest one; or the days from `start` to `end`."),
    ] = LATEST
    select: Annotated[
        tuple[Text, ...],
        Meta(
            max_length=20,
            description="Columns of the answer: expressions.",
            examples=[["rsi_14", "close / sma_200 - 1"]],
        ),
    ] = ()
    order_by: Annotated[
        Text | None,
        Meta(description="Hits come by this expression, rising; a minus before it turns that.", examples=["-rsi_14"]),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=10_000, description="The most hits in the answer; all are counted.")] = 100
    snapshot: SnapshotId = None
    min_data_through: MinDataThrough = None


class ByDate(msgspec.Struct, frozen=True):
    """Hits and bars of each session, oldest first."""

    date: list[str]
    hits: list[int]
    bars: list[int]


class BySymbol(msgspec.Struct, frozen=True):
    """Hits and bars of the symbols that were hit, the most hit first; at most `limit` of them."""

    symbol: list[str]
    hits: list[int]
    bars: list[int]


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """The hits, and how many there are. Where the condition is null it is not met."""

    snapshot: str
    data_through: str
    checks: stretch.ChecksName
    where: str
    start: Annotated[str, Meta(description="The first day asked for.")]
    end: Annotated[str, Meta(description="The last one; the same for a single session.")]
    universe: Annotated[int, Meta(description="Symbols of the snapshot.")]
    without_a_bar: Annotated[int, Meta(description="Those without a bar on these days: not listed, delisted, halted.")]
    hits: Annotated[int, Meta(description="All hits, shown or not: one for each symbol and session.")]
    truncated: Annotated[bool, Meta(description="Whether `limit` left hits out.")]
    columns: Annotated[
        dict[str, list[str | float | bool | None]],
        Meta(description="`symbol`, over several days `date`, and a column for each expression selected."),
    ]
    by_date: ByDate | None
    by_symbol: BySymbol | None


def screen(question: ScreenQuestion, desk: Desk) -> Reply:
    """Return the symbols that meet a condition; a screen costs the day 1, and 1 for every 10 ms that it takes or so."""
    edition = desk.edition(question.snapshot)
    require_through(question.min_data_through, edition)
    asked = _resolved(question, edition, desk)
    rows, cost = screening.size_of(asked)
    _check(asked, rows, cost)
    return of_rows(lambda: _answer(question, asked), desk.form, price=1 + cost // PRICED)


def _resolved(question: ScreenQuestion, edition: Edition, desk: Desk) -> Screening:
    order = question.order_by
    return Screening(
        edition,
        *_days(question.at, edition, desk),
        where=screened(question.where, "where", desk, edition, condition=True),
        shown={text: screened(text, f"select[{at}]", desk, edition) for at, text in enumerate(question.select)},
        order=None if order is None else screened(order, "order_by", desk, edition),
        limit=question.limit,
    )


def _days(at: str | Period, edition: Edition, desk: Desk) -> tuple[int, int]:
    """Return the first and the last day asked for."""
    if isinstance(at, Period):
        first = _allowed("at.start", day_of(at.start), edition, desk)
        last = edition.data_through if at.end is None else _allowed("at.end", day_of(at.end), edition, desk)
        if first > last:
            raise Refusal(
                "start-after-end",
                f"at.start={iso(first)} is after at.end={iso(last)}",
                parameter="at.start",
                given=iso(first),
                allowed=f"up to {iso(last)}, the end asked for",
            )
        return first, last
    day = edition.data_through if at == LATEST else _allowed("at", read_day("at", at, LATEST), edition, desk)
    if not len(edition.universe.on(day)):
        raise _no_session(day, edition)
    return day, day


def _allowed(parameter: str, day: int, edition: Edition, desk: Desk) -> int:
    require_known(parameter, day, edition.universe.oldest, edition)
    require_day(parameter, day, edition, desk)
    return day


def _no_session(day: int, edition: Edition) -> Refusal:
    sessions = edition.calendar.sessions
    place = int(np.searchsorted(sessions, day))  # it lies between the first and the last
    before, after = (iso(int(one)) for one in sessions[place - 1 : place + 1])
    return Refusal(
        "no-bar",
        f"no symbol has a bar on {iso(day)}; the sessions around it: {before}, {after}",
        parameter="at",
        given=iso(day),
        allowed=[before, after],
        before=before,
        after=after,
    )


def _check(asked: Screening, rows: int, cost: int) -> None:
    """Raise a Refusal if it would take too long, or too much at once."""
    if cost > MOST_COST:
        raise too_costly(
            f"this screen costs {cost:,}; allowed: {MOST_COST:,}. Stored columns cost least, and single days; an "
            "indicator with parameters of its own is computed for every symbol",
            "where",
            cost=cost,
            most=MOST_COST,
        )
    if asked.ranks and rows > MOST_RANKED:
        raise too_costly(
            f"a rank over these days takes {rows:,} bars at once; allowed: {MOST_RANKED:,}. Ask for fewer days",
            "at",
            cost=rows,
            most=MOST_RANKED,
        )


def _answer(question: ScreenQuestion, asked: Screening) -> Answer:
    edition, universe = asked.edition, asked.edition.universe
    try:
        found = screening.run(asked)
    except TooManyGaps as ex:
        raise too_costly(str(ex), "where") from ex
    single = asked.first == asked.last
    told = {
        **stretch.source(edition),
        "where": question.where,
        "start": iso(asked.first),
        "end": iso(asked.last),
        "universe": len(universe.symbols),
        "without_a_bar": len(universe.symbols) - len(found.by_symbol.of),
        "hits": found.hits,
        "truncated": found.hits > len(found.symbols),
        "by_date": None if single else _by_date(found),
        "by_symbol": None if single else _by_symbol(asked, found),
    }
    return Answer(told, Frame(tuple(_columns(asked, found, dated=not single)), edition.calendar))


def _columns(asked: Screening, found: Outcome, *, dated: bool) -> Iterator[Column]:
    names = asked.edition.universe.symbols
    yield texts("symbol", (names[one] for one in found.symbols.tolist()))
    if dated:
        yield dates(found.days)
    for name, values in found.columns.items():
        yield Column(name, "truth" if asked.shown[name].kind == "truth" else "number", values)


def _by_date(found: Outcome) -> dict[str, Any]:
    counts = found.by_day
    return {"date": [iso(day) for day in counts.of.tolist()], "hits": counts.hits, "bars": counts.bars}


def _by_symbol(asked: Screening, found: Outcome) -> dict[str, Any]:
    counts, names = found.by_symbol, asked.edition.universe.symbols
    most = np.argsort(-counts.hits, kind="stable")[: asked.limit]
    most = most[counts.hits[most] > 0]
    return {
        "symbol": [names[one] for one in counts.of[most].tolist()],
        "hits": counts.hits[most],
        "bars": counts.bars[most],
    }
