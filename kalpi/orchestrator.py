"""Dagster as a child: its home is prepared first, in the process that loads Dagster anyway."""

import runpy
import signal
import sys
from collections.abc import Mapping

from kalpi.environment import HOST
from kalpi.processes import ROOT, Program
from warehouse.home import Home

NAME = "dagster"


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


def main(port: str) -> None:
    """Prepare Dagster's home and become `dagster dev`."""
    from pipelines import instance  # noqa: PLC0415  (seconds of imports)

    home = Home.from_environment()
    instance.prepare(home)
    for run in instance.fail_dead_runs(home):
        print(f"run {run} had died", flush=True)  # noqa: T201  (into the log)
    sys.argv = ["dagster", "dev", "-w", str(ROOT / "workspace.yaml"), "-h", HOST, "-p", port, "--log-level", "warning"]
    runpy.run_module("dagster", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1])
