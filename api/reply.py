"""An answer before it is written: its identity first, so that a repeat costs no rendering."""

import hashlib
from collections.abc import Callable

import msgspec

_SHAPE = "1"  # part of every tag: raise it when the same question gets other bytes


class Reply(msgspec.Struct, frozen=True):
    """A body to be rendered when it is needed, and the strong validator that stands for it."""

    render: Callable[[], bytes]
    tag: str | None = None
    status: str = "200 OK"
    price: int | None = None  # of the day, where it is not the route's


def tag_of(snapshot: str, identity: str) -> str:
    """Return the ETag of what a resolved question gets from a snapshot."""
    digest = hashlib.blake2b(f"{_SHAPE}|{snapshot}|{identity}".encode(), digest_size=9)
    return f'"{snapshot}-{digest.hexdigest()}"'


def whole(answer: msgspec.Struct, *, tagged: bool = True, status: str = "200 OK") -> Reply:
    """Return the reply of a small answer, whose tag is its content's."""
    body = msgspec.json.encode(answer)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"' if tagged else None
    return Reply(lambda: body, tag, status)


def same(tag: str | None, if_none_match: str | None) -> bool:
    """Whether a caller has this answer already (RFC 9110 13.1.2: weak comparison)."""
    if tag is None or if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in if_none_match.split(","))
