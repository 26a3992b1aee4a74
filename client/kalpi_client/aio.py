"""The client whose answers are awaited; the twin of `Client`, with the same questions."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self, TypeVar

import httpx2
import polars as pl

from kalpi_client import questions
from kalpi_client.calls import Call, Outcome, Page, Pause, Rows, conversation
from kalpi_client.connection import Connection, Walk
from kalpi_client.methods import awaited_answer as answer
from kalpi_client.methods import awaited_frame as frame

T = TypeVar("T")


class AsyncClient(Connection[httpx2.AsyncClient]):
    """Asks a Kalpi server, as `Client` does, with answers to be awaited."""

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

    async def ask(self, call: Call[T], /) -> T:
        """Return the answer of one exchange; raises Refused, Unreachable or Unreadable."""
        steps, outcome = conversation(call, self._retries), None
        try:
            while True:
                step = steps.send(outcome)
                outcome = await (asyncio.sleep(step.seconds) if isinstance(step, Pause) else self._send(step))
        except StopIteration as end:
            return end.value

    async def pages(self, rows: Rows, /) -> AsyncIterator[Page]:
        """Return the pages of `questions.series(...)` and its like, each with what the server tells of it."""
        walk = Walk(rows, self._progress)
        while walk.call is not None:
            yield walk.take(await self.ask(walk.call))

    async def whole(self, rows: Rows, /) -> pl.DataFrame:
        """Return all rows of `questions.series(...)` and its like."""
        return rows.joined([page async for page in self.pages(rows)])

    async def close(self) -> None:
        """Close the connections, unless they are those of an HTTP client that was brought."""
        if self._is_ours:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    def _opened(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient()

    async def _send(self, call: Call[T]) -> Outcome:
        try:
            return self._see(await self._http.send(self._request(call), auth=self._key, follow_redirects=False))
        except httpx2.RequestError as ex:
            return ex
