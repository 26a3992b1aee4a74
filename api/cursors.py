"""Cursors: a place in a list or a series, pinned to the snapshot and the question it was given for.

SEC: they are checked and not signed. A forged one leads to no row that a plain question would not give its sender.
"""

import base64
import binascii
import hashlib

import msgspec

from api.problems import Refusal


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The place where the next page begins."""

    snapshot: str
    position: int
    question: str


def fingerprint(*parts: object) -> str:
    """Return a short name for a question, equal for equal parts."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def write(cursor: Cursor) -> str:
    """Return a cursor as callers see it."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def read(text: str | None, question: str) -> Cursor | None:
    """Return what a caller sent, None for none; a Refusal if it is no cursor, or another question's."""
    if text is None:
        return None
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(octets, type=Cursor)
    except (binascii.Error, ValueError) as ex:
        raise _refusal(text, "it is no cursor of ours") from ex
    if cursor.question != question:
        raise _refusal(text, "it was given for another question")
    return cursor


def check(text: str | None, position: int, first: int, last: int) -> int:
    """Return a position that lies within its bounds; a Refusal otherwise."""
    if not first <= position <= last:
        raise _refusal(text, "it leads out of what can be shown")
    return position


def _refusal(text: str | None, why: str) -> Refusal:
    allowed = "the `next_cursor` of the answer before, with the same question"
    return Refusal("bad-cursor", f"the cursor does not fit: {why}", parameter="cursor", given=text, allowed=allowed)
