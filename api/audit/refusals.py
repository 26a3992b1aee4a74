"""Refusals that are security events."""

import time

from api.accounts.recent import Recent
from api.audit.entry import Entry
from api.audit.events import Events
from api.audit.kinds import OF_PROBLEM
from api.tokens.errors import EXPIRED

_SECONDS = 60.0
_REMEMBERED = 10_000


class Refusals:
    """Records the first of a minute, by kind and by who was refused: the request log has every one of them."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._recorded: Recent[float] = Recent(_REMEMBERED)

    def note(self, entry: Entry) -> None:
        """Record a refused request, if its problem is one that matters."""
        kind = OF_PROBLEM.get(entry.problem or "")
        if kind is None or entry.why == EXPIRED:
            return
        caller, now = entry.caller, time.monotonic()
        who = f"{kind.name} {caller.account_id if caller else entry.client}".encode()
        if now < (self._recorded.get(who) or -_SECONDS) + _SECONDS:
            return
        self._recorded.put(who, now)
        self._events.record(
            kind.name,
            account_id=caller.account_id if caller else None,
            key_id=caller.key_id if caller else None,
            client=entry.client,
            request_id=entry.request_id,
            problem=entry.problem,
            **({"why": entry.why} if entry.why else {}),
        )
