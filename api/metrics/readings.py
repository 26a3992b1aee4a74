"""What the pulse reads: this process, what it stands on, and what it serves."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from datetime import time as clock

import psutil
from sqlalchemy import Engine, QueuePool

from api.audit.spool import Spool
from api.desk import Snapshots
from api.metrics.instruments import Instruments
from warehouse import runs
from warehouse.home import Home
from warehouse.snapshots import Manifest, NoSnapshot


class Process:
    """Reads what this process uses."""

    def __init__(self) -> None:
        self._process = psutil.Process(os.getpid())
        self._spent = 0.0

    def __call__(self, instruments: Instruments) -> None:
        """Tell it."""
        spent, self._spent = self._spent, time.process_time()
        instruments.count("kalpi_cpu_seconds_total", more=self._spent - spent)
        resident = self._process.memory_info().rss
        instruments.set("kalpi_workers", 1)
        instruments.set("kalpi_memory_bytes", resident)
        instruments.set("kalpi_worker_memory_bytes", resident)
        instruments.set("kalpi_worker_open_files", self._process.num_fds())
        instruments.set("kalpi_worker_threads", threading.active_count())


class Dependencies:
    """Reads which servers answer, as far as those who need them know."""

    def __init__(self, answers: Mapping[str, Callable[[], bool]]) -> None:
        self._answers = answers

    def __call__(self, instruments: Instruments) -> None:
        """Tell it."""
        for name, answers in self._answers.items():
            instruments.set("kalpi_dependency_up", answers(), name)


class Connections:
    """Reads how many connections to Postgres are in use."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._pools = {use: engine.pool for use, engine in engines.items() if isinstance(engine.pool, QueuePool)}

    def __call__(self, instruments: Instruments) -> None:
        """Tell it."""
        for use, pool in self._pools.items():
            instruments.set("kalpi_postgres_connections", pool.checkedout(), use)


class Waiting:
    """Reads how much waits for Postgres."""

    def __init__(self, spools: Iterable[Spool]) -> None:
        self._spools = tuple(spools)

    def __call__(self, instruments: Instruments) -> None:
        """Tell it."""
        for spool in self._spools:
            instruments.set("kalpi_audit_waiting_bytes", spool.depth(), spool.kind)


class Served:
    """Reads what the served snapshot is."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    def __call__(self, instruments: Instruments) -> None:
        """Tell it, if there is one."""
        instruments.set("kalpi_snapshots_refused", len(self._snapshots.refused))
        try:
            manifest: Manifest = self._snapshots.edition().reader.manifest
        except NoSnapshot:
            return
        through = datetime.combine(manifest.data_through, clock(), UTC)
        instruments.set("kalpi_snapshot_age_sessions", manifest.behind(datetime.now(UTC)))
        instruments.set("kalpi_snapshot_published_timestamp_seconds", manifest.created_at.timestamp())
        instruments.set("kalpi_snapshot_data_through_timestamp_seconds", through.timestamp())
        for table in manifest.tables:
            instruments.set("kalpi_snapshot_rows", table.rows, table.name)


class LastRun:
    """Reads how the pipeline's last run ended, if it has run here."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._seen: set[str] = set()

    def __call__(self, instruments: Instruments) -> None:
        """Tell it."""
        run = runs.last(self._home)
        if run is None:
            return
        instruments.set("kalpi_pipeline_run_seconds", run.seconds)
        instruments.set("kalpi_pipeline_run_success", run.success)
        instruments.set("kalpi_pipeline_run_timestamp_seconds", run.ended_at.timestamp())
        if run.succeeded_at:
            instruments.set("kalpi_pipeline_success_timestamp_seconds", run.succeeded_at.timestamp())
        for name, by_label in (
            ("kalpi_pipeline_rows", run.rows),
            ("kalpi_pipeline_step_seconds", run.steps),
            ("kalpi_quarantined", dict.fromkeys(self._seen, 0) | dict(run.quarantined)),
        ):
            for label, value in by_label.items():
                instruments.set(name, value, label)
        self._seen |= run.quarantined.keys()
