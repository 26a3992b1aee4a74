"""`kalpi up` and `kalpi serve`: from a folder to an API that answers, and back to nothing."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from rich.console import Console
from rich.panel import Panel

from kalpi import accounts, environment, orchestrator, pipeline, services
from kalpi.asking import answers, ask
from kalpi.errors import ChildFailed, Refusal
from kalpi.processes import Program, write_record
from kalpi.supervisor import Supervisor
from warehouse import snapshots
from warehouse.home import Home

API_SECONDS = 60.0
DAGSTER_SECONDS = 240.0
MAX_WORKERS = 4


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line decides."""

    port: int
    dagster_port: int | None
    workers: int | None
    ready_file: Path | None
    sql: bool = False  # whether SQL is answered, unless the environment says so or not


class Ready(msgspec.Struct, frozen=True):
    """What the ready file tells."""

    api: str
    dagster: str | None
    api_key: str
    snapshot: str
    warehouse: str


def up(options: Options, console: Console) -> None:
    """Start all of it, and stay until told to stop."""
    home = Home.from_environment()
    ports = {"--port": options.port} | ({"--dagster-port": options.dagster_port} if options.dagster_port else {})
    if len(set(ports.values())) < len(ports):
        raise Refusal(f"--port and --dagster-port are both {options.port}; choose two")
    if options.ready_file:
        if not options.ready_file.absolute().parent.is_dir():
            raise Refusal(f"--ready-file {options.ready_file} can't be written: its folder does not exist")
        options.ready_file.unlink(missing_ok=True)
    with suppress(KeyboardInterrupt), Supervisor(home, address=_url(options.port), tell=console.print) as supervisor:
        environment.refuse_taken(ports)
        environment.prepare(home)
        ready = _start(supervisor, options, console)
        if options.ready_file:
            write_record(options.ready_file, ready)
        supervisor.watch()
    console.print("stopped")


def served(home: Home) -> bool:
    """Return whether a snapshot is published that this version can serve; else the pipeline has to run."""
    try:
        return snapshots.current(home).schema_version == snapshots.SCHEMA_VERSION
    except (snapshots.NoSnapshot, snapshots.UnknownSnapshot):
        return False


def _start(supervisor: Supervisor, options: Options, console: Console) -> Ready:
    home, told = supervisor.home, environment.for_children(supervisor.home)
    run = None
    if not served(home):  # the longest way first: the rest starts beside it
        for name in environment.seed(home):
            console.print(f"no data yet: {name} is put into landing")
        run = pipeline.start(supervisor, told)
    told = _with_services(supervisor, told)
    accounts.bring_up_to_date(told["DATABASE_URL"])
    accounts.demo_key(home, told)
    if run is not None:
        console.print("running the pipeline")
        _refuse_failed(pipeline.follow(supervisor, run, console))
    key = _start_api(supervisor, told, options)
    _show(console, home, options, key)
    dagster = _start_dagster(supervisor, told, options.dagster_port, console)
    manifest = snapshots.current(home)
    file = snapshots.folder_of(home, manifest.id) / snapshots.DATABASE
    return Ready(_url(options.port), dagster, key, manifest.id, str(file))


def _with_services(supervisor: Supervisor, told: Mapping[str, str]) -> dict[str, str]:
    """Start the servers that the environment does not name, and name them."""
    named = dict(told)
    for variable, embedded in (("REDIS_URL", services.valkey), ("DATABASE_URL", services.postgres)):
        if not named.get(variable):
            service = embedded(supervisor.home, told)
            supervisor.serve(service)
            named[variable] = service.program.address or ""
    return named


def _start_api(supervisor: Supervisor, told: Mapping[str, str], options: Options) -> str:
    """Start the API and return a key that it accepts."""
    url, workers = _url(options.port), options.workers
    if workers is None and "KALPI_WORKERS" not in os.environ:
        workers = min(MAX_WORKERS, os.cpu_count() or 1)
    api = supervisor.start(
        Program(
            name="api",
            argv=(sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn", "api.wsgi:application"),
            environment=environment.for_api(told, port=options.port, workers=workers, sql=options.sql),
            address=url,
            grace_seconds=15,
        )
    )
    api.wait_until(lambda: answers(f"{url}/readyz"), seconds=API_SECONDS)
    key = accounts.demo_key(supervisor.home, told)
    if ask(f"{url}/v1/me", key) in {401, 403}:  # of another database, or revoked since
        key = accounts.demo_key(supervisor.home, told, anew=True)
    return key


def _start_dagster(supervisor: Supervisor, told: Mapping[str, str], port: int | None, console: Console) -> str | None:
    if port is None:
        return None
    program = orchestrator.program(told, port=port)
    child = supervisor.start(program)
    console.print("Dagster is starting; the API already answers")
    child.wait_until(lambda: answers(f"{program.address}/server_info"), seconds=DAGSTER_SECONDS)
    console.print(f"Dagster answers at {program.address}")
    return program.address


def _refuse_failed(ended: pipeline.Ended) -> None:
    if not ended.success or ended.snapshot is None:
        raise ChildFailed("the pipeline failed: " + ("; ".join(ended.failures) or "nothing was published"))


def _show(console: Console, home: Home, options: Options, key: str) -> None:
    manifest, url = snapshots.current(home), _url(options.port)
    dagster = f"http://{environment.HOST}:{options.dagster_port}" if options.dagster_port else "not started"
    lines = (
        f"API        {url}",
        f"explorer   {url}/explore (charts; asks for the key)",
        f"Dagster    {dagster}",
        f"key        {key}",
        f"snapshot   {manifest.id}",
        f"data       through {manifest.data_through}",
    )
    console.print(Panel.fit("\n".join(lines), title="Kalpi"), highlight=False)
    for line in (  # whole lines, to be copied
        f"curl -H 'X-API-Key: {key}' '{url}/v1/symbols/AAPL/at/latest?columns=rsi_14,close'",
        f"duckdb -readonly '{snapshots.folder_of(home, manifest.id) / snapshots.DATABASE}'",
        "Ctrl-C stops all of it",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _url(port: int) -> str:
    return f"http://{environment.HOST}:{port}"
