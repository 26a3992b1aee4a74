"""Makes good what Redis loses of a day: from what workers remember, and at last from the log."""

import time
from collections.abc import Callable, Mapping

from redis.exceptions import RedisError

from api.breaker import Breaker
from api.limits.counts import Count, Counts
from api.limits.scripts import Connections, Script, pack

Counted = Callable[[str], Count]
"""Tells an account's day as Redis has it."""
Answered = Callable[[int], Mapping[str, int] | None]
"""Tells the units that answers of a day cost, by account, or None if that isn't known now; the day by its start."""
_SETTLING = 60.0
"""Seconds after a loss in which answers from before it may still be on their way into the log."""


class Losses:
    """Looks from time to time whether Redis still is the one that counted, in the thread of `counts`."""

    def __init__(
        self,
        connections: Connections,
        breaker: Breaker,
        counted: Counted,
        answered: Answered,
        *,
        day_seconds: int,
        look_every: float,
    ) -> None:
        self.counts = Counts(self._look, look_every=look_every)
        self._connections = connections
        self._breaker = breaker
        self._counted = counted
        self._answered = answered
        self._day_seconds = day_seconds
        self._refund = Script("refund.lua", arguments=2)
        self._restore = Script("restore.lua", arguments=3)
        self._raise = Script("raise.lua", arguments=2)
        self._epoch = Script("epoch.lua", arguments=0)
        self._counting_since = 0
        self._settles_at = 0.0

    def refund(self, account_id: str, day: int, units: int) -> int:
        """Take units off an account's day and return what is counted now; raises RedisError."""
        (used,) = self._connections.run(self._refund, key_of(account_id), pack(day, units))
        return used

    def restore(self, account_id: str, day: int, units: int, *, undo: int = 0) -> bool:
        """Put back what a lost counter had counted, less what was taken against the new one meanwhile."""
        try:
            if undo:
                self.refund(account_id, day, undo)
            self._connections.run(self._restore, key_of(account_id), pack(day, units, self._day_seconds))
        except RedisError:
            self._breaker.failed()
            return False
        return True

    def close(self) -> None:
        """Look no more."""
        self.counts.close()

    def _look(self) -> None:
        if self._breaker.open:
            return
        try:
            (since,) = self._connections.run(self._epoch, b"kalpi:epoch", b"")
            before, self._counting_since = self._counting_since, since
            if before not in {0, since}:
                self._put_back()
            if before != since:
                self._settles_at = time.monotonic() + _SETTLING
            if time.monotonic() < self._settles_at:
                self._catch_up()
        except RedisError:
            self._breaker.failed()

    def _put_back(self) -> None:
        """Put back what this worker remembers."""
        for known in self.counts.known():
            told = self._counted(known.account_id)
            if lost := self.counts.note(told):
                self.restore(told.account_id, told.day, lost)

    def _catch_up(self) -> None:
        """Count at least what was answered, as far as the log knows: no worker may be left that remembers more."""
        today = int(time.time()) // self._day_seconds * self._day_seconds
        answered = self._answered(today)
        if answered is None:
            self._settles_at = time.monotonic() + _SETTLING
            return
        for account_id, units in answered.items():
            told = self._counted(account_id)
            if told.day == today and told.used < units:
                self._connections.run(self._raise, key_of(account_id), pack(today, units))


def key_of(account_id: str) -> bytes:
    """Return the key of an account's counters."""
    return b"kalpi:quota:{%b}" % account_id.encode()
