"""Takes lines from spools to Postgres, from a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import cast

import psycopg
from sqlalchemy import Engine

from api.audit.spool import Segment, Spool
from api.audit.tables import REFUSED, Destination
from api.audit.watch import NOBODY, Watch
from api.store import LOST, within

_SECONDS = 10.0
"""How long Postgres may take for one turn."""
_LONGEST_PAUSE = 5.0
_LAST_TURN = 3.0
"""Seconds that a process' end waits for what came last; what isn't stored by then stays in its files."""
_log = logging.getLogger("kalpi.api")


class Writer:
    """Writes twice a second what came since, also what processes left that are gone. Start it after the fork.

    While Postgres is lost, lines wait in their spools. A line that Postgres refuses for itself is left out and logged,
    so that it holds up no other. `tell` is told of the rows of a table that were lost, in either way.
    """

    def __init__(
        self,
        engine: Engine,
        spools: Mapping[Spool, Destination],
        tell: Callable[[str, int], None] = lambda _table, _rows: None,
        *,
        every: float = 0.5,
        watch: Watch = NOBODY,
    ) -> None:
        self.engine = engine
        self._tell = tell
        self._watch = watch
        self._spools = spools
        self._every = every
        self._kept_on: date | None = None
        self._failing = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-writer", daemon=True)

    @property
    def failing(self) -> bool:
        """Whether Postgres could not take what waited when last asked."""
        return self._failing

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Write what came last, and end."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(_LAST_TURN)

    def turn(self) -> bool:
        """Write what waits; False if Postgres can't take it now."""
        began = time.perf_counter()
        try:
            with within(_SECONDS):
                self._write()
        except (*LOST, psycopg.Error) as ex:
            if not self._failing:
                _log.warning("the request log waits for Postgres: %s", type(ex).__name__)
            self._failing = True
            self._watch.turn(time.perf_counter() - began, stored=False)
            return False
        self._failing = False
        self._watch.turn(time.perf_counter() - began, stored=True)
        return True

    def _run(self) -> None:
        pause = self._every
        while not self._closing.wait(pause):
            pause = self._every if self._tried() else min(2 * pause, _LONGEST_PAUSE)
        self._tried()

    def _tried(self) -> bool:
        try:
            return self.turn()
        except Exception:  # noqa: BLE001 - the outermost handler of this thread: the next turn may do better
            _log.exception("the request log could not be written")
            return False

    def _write(self) -> None:
        pooled = self.engine.raw_connection()
        try:
            connection = cast("psycopg.Connection", pooled.driver_connection)
            self._keep(connection)
            for spool, destination in self._spools.items():
                self._lost(destination, spool.losses())
                for segment in spool.waiting():
                    self._drain(connection, segment, destination)
                for orphan in spool.orphans():
                    self._lost(destination, orphan.losses())
                    self._drain(connection, orphan, destination)
                    orphan.close()
                spool.prepare()
        finally:
            pooled.close()

    def _drain(self, connection: psycopg.Connection, segment: Segment, destination: Destination) -> None:
        if lines := segment.waiting():
            self._store(connection, destination, lines)
            segment.store(len(lines))

    def _store(self, connection: psycopg.Connection, destination: Destination, lines: bytes) -> None:
        try:
            destination.store(connection, lines)
        except REFUSED as ex:
            refusal = ex
        else:
            return
        rows = lines.splitlines(keepends=True)
        if len(rows) == 1:
            _log.error("Postgres refuses a row of %s: %s", destination.table, refusal.diag.message_primary)
            self._lost(destination, 1)
            return
        middle = len(rows) // 2
        self._store(connection, destination, b"".join(rows[:middle]))
        self._store(connection, destination, b"".join(rows[middle:]))

    def _lost(self, destination: Destination, rows: int) -> None:
        if rows:
            _log.error("%s rows of %s are lost", rows, destination.table)
            self._tell(destination.table, rows)

    def _keep(self, connection: psycopg.Connection) -> None:
        today = datetime.now(UTC).date()
        if today != self._kept_on:
            for destination in self._spools.values():
                destination.keep(connection)
            self._kept_on = today
