"""What Redis last told this worker of each account's day: enough to make good what Redis loses."""

import threading
from collections.abc import Callable

import msgspec

from api.accounts.recent import Recent

_ACCOUNTS = 10_000
LOOK_EVERY = 20.0
"""Seconds between two looks whether Redis still is the one that counted."""


class Count(msgspec.Struct, frozen=True, gc=False):
    """The units of a day as last told, by a counter that came to be at `born`."""

    account_id: str
    day: int
    born: int
    used: int


class Counts:
    """The counts of one worker. Thread-safe; its thread starts with the first count, so never before a fork.

    A counter that is younger than the one known of the same day has replaced it: what that had counted is missing.
    A request of the account itself shows it; for accounts that ask other workers, a thread looks from time to time.
    """

    def __init__(self, look: Callable[[], None], *, look_every: float = LOOK_EVERY) -> None:
        self._look = look
        self._look_every = look_every
        self._counts: Recent[Count] = Recent(_ACCOUNTS)
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, told: Count) -> int:
        """Keep what Redis told of an account; return the units that an older counter of the day had beside it."""
        if self._thread is None:
            self._start()
        key = told.account_id.encode()
        known = self._counts.get(key)
        if known is None or known.day != told.day or not told.born:
            self._counts.put(key, told)
            return 0
        if known.born == told.born:  # threads are told in any order
            if told.used > known.used:
                self._counts.put(key, told)
            return 0
        self._counts.put(key, told)
        return known.used if told.born > known.born else 0

    def corrected(self, account_id: str, day: int, used: int) -> None:
        """Keep a count that has become smaller."""
        known = self._counts.get(account_id.encode())
        if known is not None and known.day == day:
            self._counts.put(account_id.encode(), msgspec.structs.replace(known, used=used))

    def known(self) -> tuple[Count, ...]:
        """Return all counts."""
        return self._counts.values()

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        if self._thread:
            self._thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="count-keeper", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        self._look()
        while not self._closing.wait(self._look_every):
            self._look()
