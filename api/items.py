"""Questions of many items: how many there may be, and an answer or a problem for each."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, TypeVar

from msgspec import Meta

from api import errors
from api.problems import Refusal

T = TypeVar("T")
MAX_ITEMS = 1_000
MAX_ROWS = 500_000
MAX_SYMBOLS = 500

# SEC what a caller names is told again in each of its items, so names and parameters are kept short.
Name = Annotated[str, Meta(max_length=64)]


def check_size(symbols: int, others: int, limit: int, *, of: str) -> None:
    """Raise a Refusal if every symbol with every other thing makes too many items, or too many rows."""
    count = symbols * others
    if count > MAX_ITEMS:
        raise Refusal(
            "parameter-out-of-bounds",
            f"{symbols} symbols with {others} {of} are {count} items; allowed: at most {MAX_ITEMS}",
            parameter="symbols",
            given=symbols,
            allowed=f"at most {MAX_ITEMS // others} with so many {of}",
        )
    if count * limit > MAX_ROWS:
        raise Refusal(
            "parameter-out-of-bounds",
            f"limit={limit} for {count} items is {count * limit} rows; allowed: at most {MAX_ROWS}",
            parameter="limit",
            given=limit,
            allowed=f"at most {MAX_ROWS // count} for so many items",
        )


def tried(call: Callable[[], T]) -> T | Refusal:
    """Return what a call gives, or why not; what is our fault, not the caller's, is the whole question's."""
    try:
        return call()
    except errors.KNOWN as ex:
        refusal = errors.refusal_of(ex)
        if refusal.problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return refusal
