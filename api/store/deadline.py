"""Client-side deadlines for Postgres.

A frozen server (SIGSTOP, a stuck disk) keeps acknowledging packets, so neither statement_timeout nor TCP keep-alives
ever end a wait on it. psycopg waits in Python: here, and only for as long as the caller's deadline allows.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from psycopg import Connection, OperationalError, generators
from psycopg.abc import PQGen, PQGenConn
from psycopg.pq import TransactionStatus

DEFAULT_SECONDS = 2.0
"""How long one wait may last outside of `within()`."""

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
T = TypeVar("T")


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Give everything asked of Postgres inside the block, connecting included, this much time in all."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining() -> float:
    """Seconds that a wait starting now may last; 0 when the deadline has passed."""
    deadline = _deadline.get()
    return DEFAULT_SECONDS if deadline is None else max(0.0, deadline - time.monotonic())


class DeadlineConnection(Connection):
    """A psycopg connection whose waits, the one for connecting included, end at the deadline."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Consume the generator; a connection left without its answer is closed, for it can't be used again."""
        try:
            return super().wait(gen, interval, timeout=remaining() if timeout is None else timeout)
        except BaseException:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn["DeadlineConnection"]:
        # psycopg rounds connect_timeout up to two seconds, more than a request has; it resumes this every 0.1 s.
        until = time.monotonic() + remaining()
        connecting = generators.connect(conninfo)
        try:
            state = next(connecting)
            while time.monotonic() < until:
                state = connecting.send((yield state))
        except StopIteration as done:
            return cls(done.value)
        raise OperationalError("no connection within the deadline")
