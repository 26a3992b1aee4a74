"""The client whose answers are waited for."""

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self, TypeVar

import httpx2
import polars as pl

from kalpi_client import questions
from kalpi_client.calls import Call, Outcome, Page, Pause, Rows, conversation
from kalpi_client.connection import Connection, Walk
from kalpi_client.methods import answer, frame

T = TypeVar("T")


class Client(Connection[httpx2.Client]):
    """Asks a Kalpi server; may be shared by threads. Its methods are the questions of `kalpi_client.questions`."""

    indicators = answer(questions.indicators)
    indicator = answer(questions.indicator)
    symbols = frame(questions.symbols)
    symbol = answer(questions.symbol)
    bars = frame(questions.bars)
    series = frame(questions.series)
    point = answer(questions.point)
    at = frame(questions.at)
    batch = frame(questions.batch)
    expressions = frame(questions.expressions)
    screen = frame(questions.screen)
    snapshots = answer(questions.snapshots)
    snapshot = answer(questions.snapshot)
    me = answer(questions.me)
    usage = frame(questions.usage)
    cost = answer(questions.cost)

    def ask(self, call: Call[T], /) -> T:
        """Return the answer of one exchange; raises Refused, Unreachable or Unreadable."""
        steps, outcome = conversation(call, self._retries), None
        try:
            while True:
                step = steps.send(outcome)
                outcome = time.sleep(step.seconds) if isinstance(step, Pause) else self._send(step)
        except StopIteration as end:
            return end.value

    def pages(self, rows: Rows, /) -> Iterator[Page]:
        """Return the pages of `questions.series(...)` and its like, each with what the server tells of it."""
        walk = Walk(rows, self._progress)
        while walk.call is not None:
            yield walk.take(self.ask(walk.call))

    def whole(self, rows: Rows, /) -> pl.DataFrame:
        """Return all rows of `questions.series(...)` and its like."""
        return rows.joined(list(self.pages(rows)))

    def close(self) -> None:
        """Close the connections, unless they are those of an HTTP client that was brought."""
        if self._is_ours:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _opened(self) -> httpx2.Client:
        return httpx2.Client()

    def _send(self, call: Call[T]) -> Outcome:
        try:
            return self._see(self._http.send(self._request(call), auth=self._key, follow_redirects=False))
        except httpx2.RequestError as ex:
            return ex
