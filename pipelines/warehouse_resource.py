"""The warehouse as Dagster hands it to assets: opened for writing by one run at a time."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from pipelines.recording import recorded
from warehouse.home import Home
from warehouse.lock import WriterLock, writer_lock
from warehouse.work import WorkStore


class Warehouse(dg.ConfigurableResource):
    """The work store under a home, and the writer's lock for as long as the run goes on.

    A second run fails at once with `WarehouseBusyError`.
    """

    home: str
    _lock: WriterLock | None = PrivateAttr(default=None)

    @property
    def store(self) -> WorkStore:
        """The tables the next snapshot is made of."""
        return WorkStore(Home(Path(self.home)))

    @property
    def lock(self) -> WriterLock:
        """The writer's lock that this run holds."""
        if self._lock is None:
            raise RuntimeError("the warehouse is opened for writing by a Dagster run only")
        return self._lock

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["Warehouse"]:
        """Hold the lock while the run's steps execute, and record how the run goes."""
        home, run, instance = Home(Path(self.home)), context.run, context.instance
        with writer_lock(home) as lock:
            self._lock = lock
            with recorded(home, run, instance) if run and instance else nullcontext():
                yield self


def home_warehouse() -> Warehouse:
    """Return the warehouse under the home that the environment names."""
    return Warehouse(home=str(Home.from_environment().root))
