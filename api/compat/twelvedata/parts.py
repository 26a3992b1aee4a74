"""What Twelve Data's routes answer for one symbol, and how the answers of several become one."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import orjson

from api import cursors, errors
from api.access import require_batch
from api.compat.csv_text import CSV, text
from api.compat.twelvedata.questions import Listing, symbols_of
from api.desk import Desk
from api.edition import Edition
from api.items import MAX_ROWS, tried
from api.problems import Refusal
from api.reply import Reply, tag_of

Row = Mapping[str, Any]


class Part(msgspec.Struct, frozen=True):
    """The answer of a symbol: what identifies it, its JSON, and its rows where it is to be a table."""

    edition: Edition
    identity: str
    answer: Callable[[], Any]
    rows: Callable[[], Iterable[Row]]
    size: int = 1


def replied(question: Listing, part: Callable[[str], Part], desk: Desk) -> Reply:
    """Return the answer of the symbol asked for; of several each by its symbol, for what it costs alone."""
    symbols = symbols_of(question)
    form = CSV if question.is_csv else desk.form
    if len(symbols) == 1:
        one = part(symbols[0])
        return Reply(
            lambda: _table(one.rows(), question.delimiter) if question.is_csv else orjson.dumps(one.answer()),
            tag_of(one.edition.id, f"{cursors.fingerprint(question)}|{one.identity}", form),
            form=form,
        )
    require_batch(len(symbols), desk)
    found = {symbol: tried(lambda symbol=symbol: part(symbol)) for symbol in symbols}
    parts = [one for one in found.values() if isinstance(one, Part)]
    if (rows := sum(one.size for one in parts)) > MAX_ROWS:
        raise Refusal(
            "parameter-out-of-bounds",
            f"outputsize makes {rows} rows of {len(parts)} symbols; allowed: at most {MAX_ROWS}",
            parameter="outputsize",
            allowed=f"at most {MAX_ROWS // len(parts)} for so many symbols",
        )

    def render() -> bytes:
        told = {symbol: one.answer() if isinstance(one, Part) else _refused(one, desk) for symbol, one in found.items()}
        return orjson.dumps(told)

    return Reply(render, price=len(parts))


def _refused(refusal: Refusal, desk: Desk) -> dict[str, Any]:
    """Return the problem of a symbol among others, as these clients know one."""
    body = errors.body_of(refusal, instance=desk.environ["PATH_INFO"], request_id=desk.request_id)
    return {**body, "status": "error", "code": refusal.problem.status, "message": refusal.detail}


def _table(rows: Iterable[Row], delimiter: str) -> bytes:
    lines = list(rows)
    return text(lines[0] if lines else ("datetime",), (line.values() for line in lines), delimiter)
