"""Dagster as programs: all of it as one child of `kalpi up`, or each part alone, as containers run it.

The home is prepared first, in the process that loads Dagster anyway.
"""

import json
import os
import runpy
import signal
import sys
from collections.abc import Mapping

import msgspec

from kalpi.environment import HOST, QUIET
from kalpi.errors import Refusal
from kalpi.processes import ROOT, Program
from warehouse.home import Home
from warehouse.work import write_atomically

NAME = "dagster"
WORKSPACE = ROOT / "workspace.yaml"
LOCATION = "kalpi"
CODE_PORT = 4000
QUIETLY = ("--log-level", "warning")


class Address(msgspec.Struct, frozen=True):
    """Where a code server answers."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read `host` or `host:port`; Refusal if it is neither."""
        host, _, port = text.partition(":")
        if not host or not (port or "1").isdecimal():
            raise Refusal(f"{text!r} is no address; allowed: host or host:port")
        return cls(host, int(port or CODE_PORT))


def program(environment: Mapping[str, str], *, port: int) -> Program:
    """Return Dagster's webserver, daemon and code server as one program."""
    return Program(
        name=NAME,
        argv=(sys.executable, "-m", "kalpi.orchestrator", str(port)),
        environment=environment,
        address=f"http://{HOST}:{port}",
        stop_signal=signal.SIGINT,  # Dagster's own way; it treats SIGTERM the same
        grace_seconds=20,
    )


def become_code_server(host: str, port: int) -> None:
    """Answer what the pipeline is made of and run it: the one part that writes to the warehouse."""
    home = _prepared()
    _fail_dead_runs(home)
    loaded = ("-m", "pipelines.definitions", "--location-name", LOCATION)
    _become("dagster", "api", "grpc", *loaded, "-h", host, "-p", str(port), *QUIETLY)


def become_daemon(code: Address) -> None:
    """Start what is due: schedules, sensors, queued runs."""
    _become("dagster._daemon", "run", "-w", _workspace(_prepared(), code), *QUIETLY)


def become_webserver(code: Address, host: str, port: int) -> None:
    """Serve the pages."""
    _become("dagster_webserver", "-w", _workspace(_prepared(), code), "-h", host, "-p", str(port), *QUIETLY)


def main(port: str) -> None:
    """Become `dagster dev`."""
    _fail_dead_runs(_prepared())
    _become("dagster", "dev", "-w", str(WORKSPACE), "-h", HOST, "-p", port, *QUIETLY)


def _prepared() -> Home:
    from pipelines import instance  # noqa: PLC0415  (seconds of imports)

    home = Home.from_environment()
    os.environ.update({**QUIET, "DAGSTER_HOME": str(home.dagster)})
    try:
        instance.prepare(home)
    except instance.BadSetting as ex:
        raise Refusal(str(ex)) from ex
    return home


def _fail_dead_runs(home: Home) -> None:
    from pipelines import instance  # noqa: PLC0415

    for run in instance.fail_dead_runs(home):
        print(f"run {run} had died", flush=True)  # noqa: T201  (into the log)


def _workspace(home: Home, code: Address) -> str:
    """Write where the code server answers, and return the file."""
    server = {"host": code.host, "port": code.port, "location_name": LOCATION}
    path = home.dagster / "workspace.yaml"
    write_atomically(path, json.dumps({"load_from": [{"grpc_server": server}]}).encode())  # JSON is YAML
    return str(path)


def _become(module: str, *words: str) -> None:
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1])
