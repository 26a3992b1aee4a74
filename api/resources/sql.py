"""POST /v1/sql: one select on a snapshot, in a process of its own that may do nothing else."""

import hashlib
from typing import Annotated

import msgspec
import orjson
from msgspec import Meta

from api.access import require_everything
from api.desk import Desk
from api.edition import Edition
from api.problems import Refusal
from api.questions import SnapshotId
from api.reply import Reply
from warehouse.sandbox.messages import Answer, Exceeded, Missing, Mistaken, Refused, Rows
from warehouse.sandbox.pool import MEMORY, ROWS, SECONDS, AllBusy, Sandbox

ADDRESS = "/v1/sql"
PRICE = 10
_LONGEST = 16_384
_LIMITS = {"time": f"at most {SECONDS:.0f} s", "memory": f"at most {MEMORY >> 20} MB of memory"}


class SqlQuestion(msgspec.Struct, kw_only=True):
    """A query."""

    query: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=_LONGEST,
            description="One select in DuckDB's SQL, of the snapshot's tables and views; at most 16 kB.",
            examples=["select symbol, rsi_14 from daily.momentum where date = '2013-03-01' order by rsi_14"],
        ),
    ]
    limit: Annotated[int, Meta(ge=1, le=ROWS, description="The most rows in the answer.")] = ROWS
    snapshot: SnapshotId = None


class SqlAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The first rows of the result, at most 1 MB of them."""

    snapshot: str
    data_through: str
    rows: int
    truncated: Annotated[bool, Meta(description="Whether there are more rows.")]
    types: Annotated[dict[str, str], Meta(description="DuckDB's type of each column.")]
    columns: Annotated[
        dict[str, list[int | float | str | bool | None]],
        Meta(description="Dates and times are text; null is no value, and what no finite number is."),
    ]


def sql(question: SqlQuestion, desk: Desk) -> Reply:
    """Return the rows of a query."""
    require_everything("sql", desk)
    sandbox = desk.deps.sandbox
    if sandbox is None:
        raise Refusal("sql-off", "SQL is switched off here; whoever runs the server can set KALPI_SQL")
    octets = len(question.query.encode())
    if octets > _LONGEST:
        raise Refusal(
            "parameter-out-of-bounds",
            f"query has {octets} bytes; allowed: {_LONGEST}",
            parameter="query",
            allowed=f"at most {_LONGEST} bytes",
        )
    edition = desk.edition(question.snapshot)
    return Reply(lambda: _rendered(_asked(sandbox, question, edition, desk), edition))


def _asked(sandbox: Sandbox, question: SqlQuestion, edition: Edition, desk: Desk) -> Rows:
    desk.entry.why = f"query {hashlib.sha256(question.query.encode()).hexdigest()[:16]}"  # SEC the text is not logged
    try:
        answer = sandbox.ask(edition.id, question.query, rows=question.limit)
    except AllBusy as ex:
        raise Refusal("temporary-reduced-capacity", f"{ex}; try again in 1 s", retry_after=1) from ex
    if isinstance(answer, Rows):
        return answer
    raise _refusal(answer, edition)


def _refusal(answer: Answer, edition: Edition) -> Refusal:
    match answer:
        case Refused(detail, given, allowed):
            return Refusal("sql-refused", detail, parameter="query", given=given, allowed=allowed)
        case Mistaken(detail):
            return Refusal("bad-sql", detail, parameter="query")
        case Exceeded(what):
            allowed = _LIMITS[what]
            return Refusal(
                "query-limit", f"the query was ended; allowed: {allowed}", parameter="query", allowed=allowed
            )
        case Missing():
            return Refusal("unknown-snapshot", f"{edition.id} is not kept any more", parameter="snapshot")
    raise TypeError(answer)


def _rendered(found: Rows, edition: Edition) -> bytes:
    return orjson.dumps(
        {
            "snapshot": edition.id,
            "data_through": edition.data_through_text,
            "rows": len(found.columns[0]) if found.columns else 0,
            "truncated": found.truncated,
            "types": dict(zip(found.names, found.types, strict=True)),
            "columns": dict(zip(found.names, found.columns, strict=True)),
        }
    )
