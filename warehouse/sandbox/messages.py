"""What a worker and its keeper say to each other, and how it travels: a length, then msgpack."""

import socket
import struct
from typing import Literal

import msgspec

MOST = 4_000_000
"""Bytes of a message; more is no answer of ours."""
_HEAD = struct.Struct("!I")
Value = int | float | str | bool | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A query of the database in a file, and what it may use at most."""

    database: str
    query: str
    rows: int
    octets: int
    seconds: float
    memory: int


class Rows(msgspec.Struct, frozen=True, tag=True):
    """The first rows of the result, column by column; dates and times are text, and floats finite."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    columns: tuple[list[Value], ...]
    truncated: bool


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The query asks for what SQL may not have here."""

    detail: str
    given: str | None = None
    allowed: tuple[str, ...] | str | None = None


class Mistaken(msgspec.Struct, frozen=True, tag=True):
    """The query is no SQL, or none that can be run; the detail is DuckDB's."""

    detail: str


class Exceeded(msgspec.Struct, frozen=True, tag=True):
    """The query took more than it may."""

    what: Literal["time", "memory"]


class Missing(msgspec.Struct, frozen=True, tag=True):
    """The database is not there, or not any more."""


Answer = Rows | Refused | Mistaken | Exceeded | Missing


def send(connection: socket.socket, message: bytes) -> None:
    """Send a message."""
    connection.sendall(_HEAD.pack(len(message)) + message)


def receive(connection: socket.socket) -> bytes:
    """Return the next message; raises EOFError if the other side has ended, or says what is no message."""
    (length,) = _HEAD.unpack(_exactly(connection, _HEAD.size))
    if length > MOST:
        raise EOFError(f"a message of {length} bytes")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(length - len(parts))
        if not part:
            raise EOFError("the other side has ended")
        parts += part
    return bytes(parts)
