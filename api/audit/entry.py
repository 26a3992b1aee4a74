"""What is known of a request, from its first byte to its row in the log."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from api.accounts.lookup import Principal
from api.limits import Verdict

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

    def start(self, status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401 - WSGI's
        """Begin the answer, in place of the server's `start_response`."""
        self.status = int(status[:3])
        return self.start_response(status, headers, *rest)
