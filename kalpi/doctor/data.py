"""What is published, how old it is, and who writes to it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psutil

from kalpi.doctor.findings import Finding, Patient, note, problem, well
from pipelines import quarantine
from pipelines.instance import DEFAULT_RUN_SECONDS, RUN_SECONDS
from warehouse import lock, runs, snapshots
from warehouse.snapshots import CorruptSnapshot, NoSnapshot, UnknownSnapshot


def snapshot(patient: Patient) -> Iterator[Finding]:
    """Tell whether what is served is whole, and how old its data is."""
    home = patient.home
    try:
        served = snapshots.current_id(home)
        manifest = snapshots.verify(home, served)
    except NoSnapshot:
        yield problem("data", "Nothing is published.", "`kalpi run` takes in what lies in landing/ and publishes it.")
        return
    except (UnknownSnapshot, CorruptSnapshot) as ex:
        others = [kept for kept in snapshots.ids(home) if kept != served]
        back = f"`kalpi warehouse rollback {others[-1]}`, or " if others else ""
        yield problem("data", f"The served snapshot is broken: {ex}.", f"{back}`kalpi run` publishes another one.")
        return
    yield well("data", f"{manifest.id} is whole; its data goes through {manifest.data_through}.")
    if behind := manifest.behind(datetime.now(UTC)):
        yield problem(
            "data",
            f"The data is late: it goes through {manifest.data_through}, and {behind} sessions since then are due.",
            "Bring newer bars and `kalpi run`, or say in pipeline.toml that the data ends there (`ends`).",
        )


def writer(patient: Patient) -> Iterator[Finding]:
    """Tell who writes to the warehouse, and whether that has gone on too long."""
    held = lock.held(patient.home)
    if held is None:
        yield well("writer", "Nobody holds the warehouse.")
        return
    seconds = time.time() - held.since
    told = f"Process {held.pid} has held the warehouse for {seconds / 60:.0f} minutes"
    longest = int(patient.environ.get(RUN_SECONDS) or DEFAULT_RUN_SECONDS)
    if _is_stopped(held.pid):
        yield problem("writer", f"{told} and is stopped.", f"`kill -CONT {held.pid}` lets it go on, `kill -9` ends it.")
    elif seconds > longest:
        remedy = f"`kill {held.pid}` ends it: what is served stays, and the next run does its work."
        yield problem("writer", f"{told}, and a run may take {longest / 60:.0f} ({RUN_SECONDS}).", remedy)
    else:
        yield note("writer", f"{told}: a run is under way.")


def last_run(patient: Patient) -> Iterator[Finding]:
    """Tell how the last run ended, and what waits in quarantine."""
    run = runs.last(patient.home)
    if run and not run.success:
        yield problem(
            "runs",
            f"The last run ({run.id}) failed at {run.ended_at:%Y-%m-%d %H:%M} UTC.",
            "`kalpi run` tries again and tells what fails; so do Dagster's page and services/pipeline.log.",
        )
    waiting = sum(entry.release is None for entry in quarantine.entries(patient.home))
    if waiting:
        yield note("quarantine", f"Deliveries that lie in quarantine: {waiting}.", "`kalpi quarantine list` tells why.")


def _is_stopped(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:  # of another container or machine
        return False
