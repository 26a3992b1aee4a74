"""The servers that are compared, each on the first core; the load generator and the databases keep to the last."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import msgspec
import psutil

from benchmarks.load import Outcome
from pipelines import synthetic
from warehouse import snapshots
from warehouse.home import Home

SYMBOLS, SESSIONS = 100, 2520
ROOT = Path(__file__).parents[1]
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
PATIENCE_SECONDS = 120


def build_home(root: Path) -> Home:
    """Publish a synthetic universe through the pipeline, as `kalpi run` does."""
    home = Home(root)
    synthetic.write(home.landing, symbols=SYMBOLS, sessions=SESSIONS, seed=11)
    subprocess.run([sys.executable, "-m", "kalpi", "run"], env=_environment(home), cwd=ROOT, check=True)
    return home


@contextmanager
def kalpi(home: Home, *, workers: int = 1) -> Generator[tuple[str, str, psutil.Process]]:
    """Serve a home, with one worker on the first core; gives its address, a premium key and a worker's process.

    More workers than one take any core.
    """
    ready, port = home.root / "ready.json", _free_port()
    ready.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "kalpi",
        "serve",
        "--workers",
        str(workers),
        "--port",
        str(port),
        "--ready-file",
        str(ready),
    ]
    with _running(command, _environment(home)) as process:
        _wait_for(ready.exists)
        told = json.loads(ready.read_text())
        servers = [
            each for each in psutil.Process(process.pid).children(recursive=True) if "gunicorn" in _command(each)
        ]
        for server in servers:
            pin(server, CORES[:1] if workers == 1 else CORES)
        yield told["api"], told["api_key"], max(servers, key=lambda each: each.memory_info().rss)


@contextmanager
def gunicorn(application: str, **environment: str) -> Generator[str]:
    """Run another application under the same gunicorn settings, on the first core."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn", application]
    told = {**os.environ, **environment, "KALPI_PORT": str(port), "KALPI_WORKERS": "1"}
    with _running(command, told, pinned=True):
        _wait_for(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}"


@contextmanager
def datasette(home: Home) -> Generator[str]:
    """Run Datasette over the same rows in SQLite, keyed by symbol and date, on the first core."""
    path, port = home.root / "peer.db", _free_port()
    _copy_to_sqlite(home, path)
    command = [sys.executable, "-m", "datasette", "serve", str(path), "--port", str(port)]
    with _running(command, dict(os.environ), pinned=True):
        _wait_for(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}"


def load(url: str, *, seconds: float, connections: int = 8, key: str | None = None) -> Outcome:
    """Run the load generator on the last core."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.load",
        url,
        "--seconds",
        str(seconds),
        "--connections",
        str(connections),
    ]
    if key:
        command += ["--header", f"X-API-Key: {key}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, preexec_fn=_keep_to_last_core)
    outcome = msgspec.json.decode(done.stdout, type=Outcome)
    if outcome.failures:
        raise RuntimeError(f"{url}: {outcome.failures} of {outcome.answers} answers were not 200")
    return outcome


def pin(process: psutil.Process, cores: Sequence[int]) -> None:
    """Keep a process and its threads to some cores, where the system can."""
    if cores:
        for thread in process.threads():
            os.sched_setaffinity(thread.id, cores)


def database(home: Home) -> str:
    """Return the served snapshot's DuckDB file."""
    return str(home.snapshots / snapshots.current_id(home) / snapshots.DATABASE)


def _copy_to_sqlite(home: Home, path: Path) -> None:
    joined = "from daily.bars_adjusted join daily.momentum using (symbol, date)"
    with duckdb.connect(database(home), read_only=True) as source, sqlite3.connect(path) as target:
        columns = source.execute(f"select * {joined} limit 0")
        names = [f'"{column[0]}"' for column in columns.description or ()]
        target.execute(f"create table lookup ({', '.join(names)}, primary key (symbol, date)) without rowid")
        rows = source.execute(f"select * replace (cast(date as varchar) as date) {joined}")
        while batch := rows.fetchmany(10_000):
            target.executemany(f"insert into lookup values ({', '.join('?' * len(names))})", batch)
    target.close()


def _environment(home: Home) -> dict[str, str]:
    own = {"DATABASE_URL", "REDIS_URL", "KALPI_SECRET"}
    return {name: value for name, value in os.environ.items() if name not in own} | {"KALPI_HOME": str(home.root)}


@contextmanager
def _running(command: list[str], environment: dict[str, str], *, pinned: bool = False) -> Generator[subprocess.Popen]:
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_keep_to_first_core if pinned else _keep_to_last_core,  # noqa: PLW1509  (no threads here)
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _keep_to_first_core() -> None:
    if CORES:
        os.sched_setaffinity(0, CORES[:1])


def _keep_to_last_core() -> None:
    if CORES:
        os.sched_setaffinity(0, CORES[-1:])


def _command(process: psutil.Process) -> str:
    return " ".join(process.cmdline())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"a server was not ready within {PATIENCE_SECONDS} s")
        time.sleep(0.1)
