"""What is known of a request, from its first byte to its row in the log."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from api.accounts.lookup import Principal
from api.limits import Verdict

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
ENTRY = "kalpi.entry"
"""Where a request's environ has it."""


class Entry(msgspec.Struct):
    """One request. Who learns something of it writes it down here; nothing is read before the answer is made."""

    start_response: Callable[..., Any]
    request_id: str
    client: str
    method: str
    traceparent: str | None
    began: float
    route: str | None = None
    status: int = 500
    """What a server answers when no status was ever told."""
    caller: Principal | None = None
    verdict: Verdict | None = None
    cache: str | None = None
    """`revalidated`, or what a cache in front of the answer says: `hit`, `miss`."""
    snapshot: str | None = None
    series: Sequence[tuple[str, bool]] = ()
    """The ids of indicators that were resolved, each with whether its values are stored."""
    problem: str | None = None
    why: str | None = None
    """What a refused token suffers from; never answered."""

    @property
    def known_method(self) -> str:
        """The method, or `other`."""
        return self.method if self.method in _METHODS else "other"

    @property
    def trace_id(self) -> str | None:
        """The trace's id (W3C Trace Context), if there is one."""
        match = _TRACE.fullmatch(self.traceparent) if self.traceparent else None
        return match[1] if match else None

    @property
    def units(self) -> int:
        """The units of the day that the answer cost."""
        verdict = self.verdict
        return verdict.cost if verdict and verdict.allowed and not verdict.degraded else 0

    @property
    def limited(self) -> str | None:
        """What the limiter said: `allowed`, `degraded`, or which quotas are violated; None where it was not asked."""
        verdict = self.verdict
        if verdict is None:
            return None
        if verdict.violated:
            return "+".join(verdict.violated)
        return "degraded" if verdict.degraded else "allowed"

    def start(self, status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401 - WSGI's
        """Begin the answer, in place of the server's `start_response`."""
        self.status = int(status[:3])
        return self.start_response(status, headers, *rest)
