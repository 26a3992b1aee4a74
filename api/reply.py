"""An answer before it is written: its identity first, so that a repeat costs no rendering."""

import hashlib
from collections.abc import Callable, Iterator, Mapping

import msgspec
import pyarrow as pa

from api.codings import CODERS
from api.formats import JSON, USUAL, Form
from api.frames import Answer

_SHAPE = f"3|{pa.__version__}"  # part of every tag: another one where the same question gets other bytes
SNAPSHOT, DATA_THROUGH, CHECKS, NEXT_CURSOR = (
    "Kalpi-Snapshot",
    "Kalpi-Data-Through",
    "Kalpi-Checks",
    "Kalpi-Next-Cursor",
)
TOLD = {"snapshot": SNAPSHOT, "data_through": DATA_THROUGH, "checks": CHECKS, "next_cursor": NEXT_CURSOR}
"""What rows without JSON around them are told by: members of an answer, and the headers that have them."""


class Body(msgspec.Struct, frozen=True):
    """A rendered answer: its bytes in one piece or in many, and the headers that belong to them."""

    octets: bytes | Iterator[bytes]
    headers: Mapping[str, str] = {}


class Reply(msgspec.Struct, frozen=True):
    """A body to be rendered when it is needed, and the strong validator that stands for it."""

    render: Callable[[], bytes | Body]
    tag: str | None = None
    status: str = "200 OK"
    price: int | None = None  # of the day, where it is not the route's
    form: Form = USUAL


def tag_of(snapshot: str, identity: str, form: Form = USUAL) -> str:
    """Return the ETag of what a resolved question gets from a snapshot, in a form."""
    digest = hashlib.blake2b(f"{_SHAPE}|{snapshot}|{identity}".encode(), digest_size=9)
    return f'"{snapshot}-{digest.hexdigest()}{form.mark}"'


def of_rows(answer: Callable[[], Answer], form: Form, *, tag: str | None = None, price: int | None = None) -> Reply:
    """Return the reply of an answer of rows, which is computed as a whole before its first byte is written."""

    def render() -> Body:
        found = answer()
        told = {} if form.format is JSON else {TOLD[name]: value for name, value in found.told.items() if name in TOLD}
        return Body(form.write(found), {name: value for name, value in told.items() if value})

    return Reply(render, tag, price=price, form=form)


def whole(answer: msgspec.Struct, *, tagged: bool = True, status: str = "200 OK") -> Reply:
    """Return the reply of a small answer, whose tag is its content's."""
    body = msgspec.json.encode(answer)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"' if tagged else None
    return Reply(lambda: body, tag, status)


def coded_tag(tag: str, coding: str) -> str:
    """Return the tag of the same answer under a content coding: other bytes, another strong validator."""
    return f'{tag[:-1]}+{coding}"'


def known(tag: str | None, if_none_match: str | None) -> str | None:
    """Return the tag under which a caller has this answer already, whatever its coding (RFC 9110 13.1.2)."""
    if tag is None or if_none_match is None:
        return None
    if if_none_match.strip() == "*":
        return tag
    had = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return next((one for one in (tag, *(coded_tag(tag, coding) for coding in CODERS)) if one in had), None)
