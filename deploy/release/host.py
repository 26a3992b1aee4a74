"""Blue-green on one host without containers: two gunicorn masters share a port while one takes the other's place.

Each has an address of its own, at which it is tried out; the port that clients know is shared (SO_REUSEPORT), and its
workers join that once they are loaded. `python -m deploy.release.host --help`
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.release.checks import NotFit, asking, try_out, wait_until_ready

COLOURS = ("blue", "green")
READY_SECONDS = 120.0
END_SECONDS = 60.0  # above gunicorn's graceful_timeout


@dataclass(frozen=True)
class Master:
    """A gunicorn master: its colour, its own port, and where its process number and its log are kept."""

    colour: str
    port: int
    folder: Path

    @property
    def url(self) -> str:
        """Where it alone answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Its process, or None: gunicorn removes the file when it ends, and a hard kill leaves one of nobody."""
        try:
            pid = int((self.folder / f"{self.colour}.pid").read_text())
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        return pid

    def start(self, python: str, environment: Mapping[str, str]) -> subprocess.Popen:
        """Start it, to go on when we have ended."""
        words = ("-m", "gunicorn", "-c", "python:api.gunicorn", "--pid", str(self.folder / f"{self.colour}.pid"))
        with (self.folder / f"{self.colour}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the operator's own words
                (python, *words, "api.wsgi:application"),
                env={**environment, "KALPI_PORT": str(self.port), **self._metrics(environment)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _metrics(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Where its metrics are told, if they have a listener of their own: the second colour's one port further."""
        host, _, port = environment.get("KALPI_METRICS_BIND", "").rpartition(":")
        return {"KALPI_METRICS_BIND": f"{host}:{int(port) + COLOURS.index(self.colour)}"} if host else {}


def release(folder: Path, shared_port: int, *, python: str, environment: Mapping[str, str], key: str | None) -> str:
    """Let a new master take the living one's place, and return its colour.

    Raises:
        NotFit: the new one is not fit for use; the living one was not touched, and the new one has ended.
    """
    masters = [Master(colour, shared_port + 1 + place, folder) for place, colour in enumerate(COLOURS)]
    living = [master for master in masters if master.pid]
    if len(living) == len(masters):
        raise NotFit(f"both colours run, as after a release that was broken off; end one: {', '.join(COLOURS)}")
    new = next(master for master in masters if master not in living)
    _tried_out(new, python, environment, key)  # apart, so that no client meets a version that does not work
    process = new.start(python, {**environment, "KALPI_SHARED_PORT": str(shared_port)})
    try:
        wait_until_ready(asking(new.url), seconds=READY_SECONDS, ended=lambda: process.poll() is not None)
        for _ in range(5):  # of both, as the port gives them
            try_out(asking(f"http://127.0.0.1:{shared_port}", key), with_key=key is not None)
    except NotFit:
        _end(new, process)
        raise
    for old in living:
        _end(old)
    return new.colour


def _tried_out(new: Master, python: str, environment: Mapping[str, str], key: str | None) -> None:
    process = new.start(python, environment)
    try:
        get = asking(new.url, key)
        wait_until_ready(get, seconds=READY_SECONDS, ended=lambda: process.poll() is not None)
        try_out(get, with_key=key is not None)
    finally:
        _end(new, process)


def _end(master: Master, child: subprocess.Popen | None = None) -> None:
    """Tell a master to finish what it began, and wait until it has."""
    pid = child.pid if child else master.pid
    if pid is None or (child and child.poll() is not None):
        return
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + END_SECONDS
    while child.poll() is None if child else master.pid == pid:
        if time.monotonic() > until:
            raise NotFit(f"{master.colour}, process {pid}, has not ended within {END_SECONDS:.0f} s; look at its log")
        time.sleep(0.1)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/run/kalpi"), help="process numbers and logs")
    parser.add_argument("--port", type=int, default=8000, help="that clients know; the two after it are the masters'")
    parser.add_argument("--python", default=sys.executable, help="of the environment that has the new version")
    parser.add_argument("--key-file", type=Path, help="a file with a key, to try data out as well")
    given = parser.parse_args()
    key = given.key_file.read_text().strip() if given.key_file else None
    try:
        colour = release(given.folder, given.port, python=given.python, environment=os.environ, key=key)
    except NotFit as ex:
        sys.exit(f"not released: {ex}")
    print(f"released: {colour} answers at port {given.port}")


if __name__ == "__main__":
    main()
