"""A process' part of the audit: its two spools, and the writer that empties them."""

from pathlib import Path
from typing import Self

from sqlalchemy import Engine

from api.audit.events import SpooledEvents
from api.audit.requests import RequestLog
from api.audit.spool import Spool
from api.audit.tables import Destination
from api.audit.watch import NOBODY, Watch
from api.audit.writer import Writer
from api.gate.rules import Rule

_SEGMENTS = 256
"""Of a megabyte each: about a million requests may wait."""


class Audit:
    """Opens its spools when it is made, so never before a fork; without a folder they are in memory alone."""

    def __init__(
        self,
        engine: Engine,
        folder: Path | None,
        *,
        keep_days: int = 90,
        keep_event_days: int = 400,
        watch: Watch = NOBODY,
    ) -> None:
        requests = Spool(folder, "requests", segments=_SEGMENTS)
        events = Spool(folder, "security_events")
        self.spools = (requests, events)
        self._watch = watch
        self.requests = RequestLog(requests)
        self.events = SpooledEvents(events, watch)
        self.writer = Writer(
            engine,
            {requests: Destination("requests", keep_days), events: Destination("security_events", keep_event_days)},
            self._lost,
            watch=watch,
        )

    def start(self) -> Self:
        """Begin to write."""
        self.writer.start()
        return self

    def blocked(self, client: str, rule: Rule) -> None:
        """Record that an address, or the network that counts as one, is blocked."""
        self.events.record("address-blocked", client=client.partition("/")[0], network=client, rule=rule.name)

    def close(self) -> None:
        """Write what came last; what can't be written now is left in its files."""
        self.writer.close()
        for spool in self.spools:
            spool.close()

    def _lost(self, table: str, rows: int) -> None:
        self._watch.lost(table, rows)
        self.events.record("rows-lost", table=table, rows=rows)
