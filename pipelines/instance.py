"""Dagster's instance: where it keeps its records, how long a run may take, and which runs have died."""

import os
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import yaml
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from warehouse.home import Home
from warehouse.lock import WarehouseBusyError, writer_lock
from warehouse.work import write_atomically

URL = "KALPI_DAGSTER_URL"
RUN_SECONDS = "KALPI_RUN_SECONDS"
DEFAULT_RUN_SECONDS = 3600
DRIVER = "postgresql+psycopg2"  # SQLAlchemy's own default is another, which Dagster can't listen with
BEGUN = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)


class BadSetting(ValueError):
    """A variable of the environment can't be used; the message says which, and what is allowed."""


def prepare(home: Home) -> Path:
    """Create Dagster's home with its settings, and return it.

    Raises:
        BadSetting: by what the environment says.
    """
    home.dagster.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(_settings(os.environ), sort_keys=False)
    write_atomically(
        home.dagster / "dagster.yaml", f"# Made from pipelines/dagster.yaml at every start.\n{text}".encode()
    )
    return home.dagster


def _settings(environment: Mapping[str, str]) -> dict:
    settings = yaml.safe_load(Path(__file__).with_name("dagster.yaml").read_text())
    settings["run_monitoring"]["max_runtime_seconds"] = _seconds(environment)
    if url := environment.get(URL):
        _refuse_unfit(url, environment.get("DATABASE_URL", ""))
        settings["storage"] = {"postgres": {"postgres_url": {"env": URL}}}  # the password stays out of the file
    return settings


def _seconds(environment: Mapping[str, str]) -> int:
    text = environment.get(RUN_SECONDS) or str(DEFAULT_RUN_SECONDS)
    if not text.isdecimal() or not int(text):
        raise BadSetting(f"{RUN_SECONDS}={text}: seconds that a run may take, a whole number above 0")
    return int(text)


def _refuse_unfit(url: str, accounts: str) -> None:
    try:
        named, others = make_url(url), make_url(accounts) if accounts else None
    except ArgumentError as ex:
        raise BadSetting(f"{URL} is no URL of a database, such as {DRIVER}://user:password@host/dagster") from ex
    if named.drivername != DRIVER:
        raise BadSetting(f"{URL} begins with {named.drivername}://, and Dagster needs {DRIVER}://")
    if others and (named.host, named.port, named.database, named.query) == (
        others.host,
        others.port,
        others.database,
        others.query,
    ):
        raise BadSetting(f"{URL} and DATABASE_URL name the same database; Dagster's tables need one of their own")


def fail_dead_runs(home: Home) -> tuple[str, ...]:
    """Mark the runs that have begun and that no process works on any more as failed, and return their ids.

    Dagster's launcher does not notice when its whole tree was killed. Whoever holds the warehouse is alive: while
    somebody does, nothing is marked, and the longest time that a run may take ends the rest.
    """
    try:
        with writer_lock(home), dg.DagsterInstance.get() as instance:
            begun = instance.get_runs(dg.RunsFilter(statuses=BEGUN))
            for run in begun:
                instance.report_run_failed(run, "The process of this run has died.")
    except WarehouseBusyError:
        return ()
    return tuple(run.run_id for run in begun)
