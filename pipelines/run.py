"""Running the pipeline once, from the command line or a test, with the same records in Dagster as any other run."""

import os
import threading
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager

import dagster as dg
import msgspec
from dagster import DagsterEventType
from dagster._utils.error import SerializableErrorInfo

from pipelines import declaration
from pipelines import instance as settings
from pipelines.warehouse_resource import Warehouse
from warehouse import snapshots
from warehouse.home import Home

Progress = Callable[[str, int, int], None]
POLL_SECONDS = 0.2
NOT_AGAIN = {"dagster/max_retries": "0"}  # whoever started it sees how it ends


class RunOutcome(msgspec.Struct, frozen=True):
    """How a run ended: the snapshot that is served after it, and what failed."""

    success: bool
    snapshot: str | None
    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def refresh(home: Home, progress: Progress = lambda *_: None) -> RunOutcome:
    """Run the whole pipeline in this process; `progress` hears an asset's name, how many are done, and of how many."""
    os.environ["KALPI_HOME"] = str(home.root)
    try:
        os.environ["DAGSTER_HOME"] = str(settings.prepare(home))
        declaration.load(home)
    except (declaration.BadDeclaration, settings.BadSetting) as ex:
        return RunOutcome(success=False, snapshot=_served(home), failures=(str(ex),))
    from pipelines.definitions import defs  # noqa: PLC0415  (reads KALPI_HOME)

    job = defs.resolve_job_def("refresh")
    run_id = str(uuid.uuid4())
    with (
        dg.DagsterInstance.get() as instance,
        _reported(instance, run_id, len(job.asset_layer.selected_asset_keys), progress),
    ):
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            run_config={"loggers": {"console": {"config": {"log_level": "ERROR"}}}},
            tags=NOT_AGAIN,
            raise_on_error=False,
            resources={"warehouse": Warehouse(home=str(home.root))},
        )
    return RunOutcome(
        success=result.success,
        snapshot=_served(home),
        failures=tuple(_failures(result)),
        warnings=tuple(_unmet(result, dg.AssetCheckSeverity.WARN)),
    )


def _served(home: Home) -> str | None:
    try:
        return snapshots.current_id(home)
    except snapshots.NoSnapshot:
        return None


def _failures(result: dg.ExecuteInProcessResult) -> Generator[str]:
    yield from _unmet(result, dg.AssetCheckSeverity.ERROR)
    steps = [event for event in result.all_events if event.is_step_failure]
    for event in steps:
        yield f"step {event.step_key}: {_root_cause(event.step_failure_data.error)}"
    for event in result.all_events:
        if not steps and event.event_type == DagsterEventType.RUN_FAILURE:
            yield _root_cause(event.job_failure_data.error)


def _unmet(result: dg.ExecuteInProcessResult, severity: dg.AssetCheckSeverity) -> Generator[str]:
    for check in result.get_asset_check_evaluations():
        if not check.passed and check.severity == severity:
            yield f"check {check.check_name} on {_dotted(check.asset_key)}: {check.description}"


def _root_cause(error: SerializableErrorInfo | None) -> str:
    """Return what was raised, below Dagster's own wrapping of it."""
    return (error.cause or error).message.strip() if error else "no reason recorded"


def _dotted(key: dg.AssetKey | None) -> str:
    return ".".join(key.path) if key else "?"


@contextmanager
def _reported(instance: dg.DagsterInstance, run_id: str, total: int, progress: Progress) -> Generator[None]:
    """Tell `progress` about each materialised asset while the body runs."""
    over = threading.Event()

    def watch() -> None:
        told = 0
        while True:
            last_look = over.wait(POLL_SECONDS)
            logs = instance.all_logs(run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION)
            for entry in logs[told:]:
                told += 1
                progress(_dotted(entry.get_dagster_event().asset_key), told, total)
            if last_look:
                return

    watcher = threading.Thread(target=watch, name="progress")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
