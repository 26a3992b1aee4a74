"""What a question is: one exchange over HTTP, or pages of rows; and the conversation that an exchange takes."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Generic, TypeVar, cast

import httpx2
import msgspec
import polars as pl

from kalpi_client import errors
from kalpi_client.retries import Retries

T = TypeVar("T")
JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Call(Generic[T]):
    """A question as HTTP puts it, and how its answer is read."""

    path: str
    read: Callable[[bytes], T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    accept: str = JSON

    def with_query(self, **more: str) -> "Call[T]":
        """Return the question with more in its query."""
        return replace(self, query={**self.query, **more})


@dataclass(frozen=True)
class Page:
    """Rows, and what the server tells of them: `snapshot`, `data_through`, `params`, `warmup`, `columns`, ..."""

    frame: pl.DataFrame
    told: Mapping[str, object]

    @property
    def snapshot(self) -> str:
        """The snapshot that answered."""
        return str(self.told["snapshot"])

    @property
    def next_cursor(self) -> str | None:
        """What leads to the next page, if there is one."""
        return cast("str | None", self.told.get("next_cursor"))

    @property
    def problems(self) -> tuple[str, ...]:
        """A line for each thing that was refused, of many that were asked for."""
        if "problem" not in self.frame.columns:
            return ()
        shown = pl.concat_str("symbol", "problem", separator=": ", ignore_nulls=True)
        return tuple(self.frame.filter(pl.col("problem").is_not_null()).select(shown).to_series())


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Pages of rows: the call for one, what comes `after` it, and how all of them become one frame."""

    name: str
    call: Call[Page]
    after: Callable[[Page], "Rows | None"]
    joined: Callable[[Sequence[Page]], pl.DataFrame]


@dataclass(frozen=True)
class Pause:
    """A wait of some seconds."""

    seconds: float


Outcome = httpx2.Response | httpx2.RequestError | None


def conversation(call: Call[T], retries: Retries) -> Generator[Call[T] | Pause, Outcome, T]:
    """Say step by step what is to be done until a question is answered, and return the answer.

    A call is to be sent and its outcome handed back: the answer, or why there is none. A pause is to be waited.
    """
    for attempt in count(1):
        outcome = yield call
        if isinstance(outcome, httpx2.Response):
            if outcome.status_code == httpx2.codes.OK:
                return _read(call, outcome)
            error, cause = errors.refused(outcome), None
        else:
            error, cause = errors.Unreachable(f"no answer to {call.path}: {outcome!r}"), outcome
        wait = retries.wait(attempt, error)
        if wait is None:
            raise error from cause
        yield Pause(wait)
    raise AssertionError


def _read(call: Call[T], answer: httpx2.Response) -> T:
    try:
        return call.read(answer.content)
    except (msgspec.MsgspecError, pl.exceptions.PolarsError, OSError, ValueError) as ex:
        raise errors.Unreadable(f"the answer of {answer.url} can't be read: {ex}") from ex
