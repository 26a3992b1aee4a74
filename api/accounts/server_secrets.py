"""The server's secrets, which all digests at rest are made with. Two may be alive, so that one can be replaced.

The newest makes digests as soon as every worker has seen it. The older goes on proving what it made, until that has
been made anew: a key when it is used, a password when it is right, a refresh token when it is changed.
"""

import hashlib
import hmac
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

MOST_ALIVE = 2
_log = logging.getLogger("kalpi.api")
_PURPOSE_OF_IDS = b"kalpi: id of a secret"


class Secret(msgspec.Struct, frozen=True):
    """One secret. What it made bears its `id`, which tells nothing of it."""

    octets: bytes

    def __repr__(self) -> str:
        return f"Secret(id={self.id!r})"  # SEC the octets stay out of logs and tracebacks

    @property
    def id(self) -> str:
        """Eight hexadecimal digits."""
        return hmac.digest(self.octets, _PURPOSE_OF_IDS, hashlib.sha256)[:4].hex()

    def for_purpose(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for one purpose, from which neither the secret nor another's key follows."""
        return hmac.digest(self.octets, f"kalpi: {purpose}".encode(), hashlib.sha256)


class Secrets:
    """The living secrets. Thread-safe; reads nothing before the first use, and then again each few seconds."""

    def __init__(self, read: Callable[[], tuple[Sequence[bytes], float]], *, look_every: float = 5.0) -> None:
        self._read = read
        self._look_every = look_every
        self._look_at = 0.0
        self._written_at = 0.0
        self._live: tuple[Secret, ...] = ()

    @classmethod
    def of(cls, *newest_first: bytes) -> "Secrets":
        """Return secrets that do not change."""
        return cls(lambda: (newest_first, 0.0))

    @classmethod
    def in_file(cls, path: Path, *, look_every: float = 5.0) -> "Secrets":
        """Return the secrets of a file: one a line, the newest first. It must be there when they are first used."""
        return cls(lambda: _lines(path), look_every=look_every)

    def live(self) -> tuple[Secret, ...]:
        """Return the living secrets, the newest first."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look()
            self._look_at = now + self._look_every
        return self._live

    def making(self) -> Secret:
        """Return the newest secret that all workers have seen by now."""
        newest, *older = self.live()
        settled = time.time() >= self._written_at + 2 * self._look_every
        return newest if settled or not older else older[0]

    def made(self, secret_id: str | None) -> tuple[Secret, ...]:
        """Return the secrets that something of this id can have been made with; before there were ids, any."""
        return tuple(one for one in self.live() if secret_id in {None, one.id})

    def _look(self) -> None:
        """Read anew; a file that can't be read, or is empty, takes nothing away from who has read it before."""
        try:
            octets, written_at = self._read()
        except OSError:
            if not self._live:
                raise
            _log.exception("the server's secrets can't be read again; those known go on")
            return
        if octets:
            self._live, self._written_at = tuple(Secret(one) for one in octets[:MOST_ALIVE]), written_at


def _lines(path: Path) -> tuple[Sequence[bytes], float]:
    with path.open("rb") as file:
        lines = (line.strip() for line in file.read().splitlines())
        return tuple(filter(None, lines)), os.fstat(file.fileno()).st_mtime
