"""Asking over HTTP: at the source's pace, again when that may help, and never with more than a bound in memory."""

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from pipelines.sources.faults import Refused, Stopped, Transient

if TYPE_CHECKING:
    import httpx2

Got = TypeVar("Got")
LARGEST = 64 * 1024**2  # bytes of an answer
TIMEOUT_SECONDS = 30.0
_GONE = {404, 410}
_KEY = {401, 402, 403}
_LATER = {408, 425, 429}


class Patience(msgspec.Struct, frozen=True):
    """How often is asked again, and after how long: doubling, with jitter so that many clients do not knock at once."""

    tries: int = 5
    first_seconds: float = 1.0
    most_seconds: float = 60.0
    longest_wait_seconds: float = 300.0  # a source that asks for more is left for another day

    def seconds(self, tries: int, asked: float) -> float:
        """Return how long to wait after so many tries, at least as long as the source asked for."""
        backoff = min(self.most_seconds, self.first_seconds * 2 ** (tries - 1))
        return max(asked, backoff * random.uniform(0.5, 1.0))  # noqa: S311  (no secret)


class Client:
    """What sources ask with. `sleep` and `clock` are those of the machine, or a test's."""

    def __init__(
        self,
        per_minute: int,
        patience: Patience | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 60 / per_minute
        self._patience = patience or Patience()
        self._sleep, self._clock = sleep, clock
        self._next = clock()

    def patiently(self, ask: Callable[[], Got]) -> Got:
        """Return what `ask` gives, asked again while it raises `Transient`.

        Raises:
            Stopped: after the last try, or when the source asks to wait for too long.
            Refused: at once.
        """
        for tries in range(1, self._patience.tries + 1):
            self._keep_pace()
            try:
                return ask()
            except Transient as ex:
                wait = self._patience.seconds(tries, ex.retry_after)
                if wait > self._patience.longest_wait_seconds:
                    raise Stopped(f"{ex}; it asks to wait {wait:.0f} s") from ex
                if tries == self._patience.tries:
                    raise Stopped(f"{ex}; asked {tries} times") from ex
                self._sleep(wait)
        raise AssertionError

    def get(self, url: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None) -> bytes:
        """Return the body of an answer with status 200.

        Raises:
            Transient: no answer, a broken one, or a status that passes.
            Refused: there is no such thing.
            Stopped: the key is not accepted.
        """
        import httpx2  # noqa: PLC0415  (a fifth of a second that only fetching needs)

        place = url.partition("?")[0]  # SEC: parameters may hold a key
        try:
            with httpx2.stream(
                "GET", url, params=dict(params), headers=dict(headers or {}), timeout=TIMEOUT_SECONDS
            ) as answer:
                _judge(answer, place)
                return _body(answer, place)
        except httpx2.HTTPError as ex:
            raise Transient(f"{place}: {type(ex).__name__}") from None  # SEC: its text may hold the whole URL

    def _keep_pace(self) -> None:
        ahead = self._next - self._clock()
        if ahead > 0:
            self._sleep(ahead)
        self._next = self._clock() + self._interval


def _judge(answer: "httpx2.Response", place: str) -> None:
    status = answer.status_code
    if status == 200:  # noqa: PLR2004
        return
    told = f"{place} answered {status}"
    if status in _LATER or status >= 500:  # noqa: PLR2004
        raise Transient(told, _retry_after(answer.headers.get("Retry-After", "")))
    if status in _KEY:
        raise Stopped(f"{told}: the key is not accepted, or the plan does not have this")
    if status in _GONE:
        raise Refused(told)
    raise Stopped(told)


def _body(answer: "httpx2.Response", place: str) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > LARGEST:
            raise Refused(f"{place} answered with more than {LARGEST} bytes")
        parts.append(part)
    return b"".join(parts)


def _retry_after(text: str) -> float:
    """Return the seconds that a Retry-After names, as a number or as a date; 0 where it names none."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def refuse_page(content: bytes, header: bytes, place: str) -> None:
    """Refuse what came with status 200 and is no table: a page, or nothing.

    Raises:
        Transient: a server's page in place of an answer may be gone the next time.
    """
    if not content.strip():
        raise Transient(f"{place} answered with nothing")
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(header):
        raise Transient(f"{place} answered with no table but {content[:60].decode('utf8', 'replace')!r}")
