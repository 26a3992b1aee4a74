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
    from pipelines.run import prepare_dagster_home  # noqa: PLC0415  (seconds of imports)

    prepare_dagster_home(Home.from_environment())
    sys.argv = ["dagster", "dev", "-w", str(ROOT / "workspace.yaml"), "-h", HOST, "-p", port, "--log-level", "warning"]
    runpy.run_module("dagster", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1])
