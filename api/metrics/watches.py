"""Who counts what the audit and Postgres do, as they do it."""

import logging
import time

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from api.audit.kinds import KINDS
from api.metrics.instruments import Instruments

REQUEST, AUDIT = "request", "audit"
TABLES = ("requests", "security_events")
_BEGAN = "kalpi_began"


class AuditWatch:
    """Counts events, turns of the writer and lost rows."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments
        for kind in KINDS:  # from the start: an alert sees a first event only where there was none before
            instruments.count("kalpi_security_events_total", kind.name, more=0)
        for table in TABLES:
            self.lost(table, 0)

    def event(self, kind: str) -> None:
        """Count a security event."""
        self._instruments.count("kalpi_security_events_total", kind)

    def turn(self, seconds: float, *, stored: bool) -> None:
        """Count a turn of the writer."""
        self._instruments.observe("kalpi_postgres_seconds", seconds, AUDIT)
        if not stored:
            self._instruments.count("kalpi_postgres_failures_total", AUDIT)

    def lost(self, table: str, rows: int) -> None:
        """Count lost rows."""
        self._instruments.count("kalpi_audit_lost_rows_total", table, more=rows)


class LogWatch(logging.Handler):
    """Counts the lines of the log that tell of something wrong."""

    def __init__(self, instruments: Instruments) -> None:
        super().__init__(logging.WARNING)
        self._instruments = instruments
        for level in ("warning", "error"):
            instruments.count("kalpi_log_lines_total", level, more=0)

    def emit(self, record: logging.LogRecord) -> None:
        """Count a record."""
        level = "error" if record.levelno >= logging.ERROR else "warning"
        self._instruments.count("kalpi_log_lines_total", level)


def watch_engine(engine: Engine, instruments: Instruments) -> Engine:
    """Have the statements of an engine for requests timed, and its failures counted."""

    @event.listens_for(engine, "before_cursor_execute", named=True)
    def begin(conn: Connection, **_: object) -> None:
        conn.info[_BEGAN] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute", named=True)
    def end(conn: Connection, **_: object) -> None:
        instruments.observe("kalpi_postgres_seconds", time.perf_counter() - conn.info[_BEGAN], REQUEST)

    @event.listens_for(engine, "handle_error")
    def failed(_context: ExceptionContext) -> None:
        instruments.count("kalpi_postgres_failures_total", REQUEST)

    instruments.count("kalpi_postgres_failures_total", REQUEST, more=0)
    return engine
