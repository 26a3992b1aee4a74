"""Answered requests as lines of the log. They are made and written off the request path, a fifth of a second later."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Self

import msgspec

from api.audit.entry import Entry
from warehouse import logs

_PIPE = 4096
"""Octets that are written into a pipe as one, whoever writes there, too."""
_NETWORKS = {4: 24, 6: 48}


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a line tells. SEC nothing of it is a client's own words but the request's id, which has a strict form."""

    timestamp: datetime
    level: str
    event: str = "request"
    request_id: str
    trace_id: str | None
    method: str
    route: str | None
    status: int
    ms: float
    problem: str | None
    cache: str | None
    limiter: str | None
    units: int
    snapshot: str | None
    account: str | None
    key: str | None
    tier: str | None
    client: str | None
    octets: int
    pid: int


class RequestLines:
    """Writes a line for each request. Start it after the fork.

    What comes while `most` wait, as where nobody reads what we write, is left out, and a line tells how many.
    """

    def __init__(
        self,
        write: Callable[[bytes], object] = lambda octets: os.write(2, octets),
        *,
        level: str = "info",
        every: float = 0.2,
        most: int = 10_000,
    ) -> None:
        self._write = write
        self._least = HTTPStatus.INTERNAL_SERVER_ERROR if level in {"warning", "error"} else 0
        self._every = every
        self._most = most
        self._waiting: deque[tuple[float, float, Entry, int]] = deque()
        self._left_out = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="request-lines", daemon=True)

    def start(self) -> Self:
        """Begin to write."""
        self._thread.start()
        return self

    def add(self, entry: Entry, octets: int) -> None:
        """Take a request that was answered."""
        if entry.status < self._least:
            return
        if len(self._waiting) >= self._most:
            self._left_out += 1
            return
        self._waiting.append((time.time(), time.perf_counter() - entry.began, entry, octets))

    def close(self) -> None:
        """Write what came last."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def flush(self) -> None:
        """Write what waits."""
        piece = b""
        for _ in range(len(self._waiting)):
            line = _encoded(*self._waiting.popleft())
            if len(piece) + len(line) > _PIPE:
                self._write(piece)
                piece = b""
            piece += line
        left_out, self._left_out = self._left_out, 0
        if left_out:
            piece += _left_out(left_out)
        if piece:
            self._write(piece)

    def _run(self) -> None:
        while not self._closing.wait(self._every):
            self.flush()
        self.flush()


def _encoded(at: float, took: float, entry: Entry, octets: int) -> bytes:
    caller = entry.caller
    told = RequestLine(
        timestamp=datetime.fromtimestamp(at, UTC),
        level=_level(entry),
        request_id=entry.request_id,
        trace_id=entry.trace_id,
        method=entry.known_method,
        route=entry.route,
        status=entry.status,
        ms=round(took * 1e3, 3),
        problem=entry.problem,
        cache=entry.cache,
        limiter=entry.limited,
        units=entry.units,
        snapshot=entry.snapshot,
        account=caller.account_id if caller else None,
        key=caller.key_id if caller else None,
        tier=caller.tier.name if caller else None,
        client=_network(entry.client),
        octets=octets,
        pid=os.getpid(),
    )
    return msgspec.json.encode(told) + b"\n"


def _level(entry: Entry) -> str:
    if entry.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return "info"
    return "error" if entry.problem in {None, "internal"} else "warning"


def _left_out(lines: int) -> bytes:
    told = {"timestamp": datetime.now(UTC).isoformat(), "level": "warning", "event": "request lines left out"}
    return f"{logs.line({**told, 'lines': lines})}\n".encode()


@lru_cache(maxsize=4096)
def _network(client: str) -> str | None:
    """Return the network of an address: the address itself is for the table `requests` alone."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return None
    return str(ip_network(f"{address}/{_NETWORKS[address.version]}", strict=False))
