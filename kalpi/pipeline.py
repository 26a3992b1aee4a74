"""The pipeline as a child: its libraries' memory goes when it ends, and its log does not mix with our words."""

import os
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kalpi.processes import Child, Program
from kalpi.supervisor import Supervisor
from warehouse import logs
from warehouse.home import Home

NAME = "pipeline"


class Made(msgspec.Struct, frozen=True, tag="made"):
    """An asset was made: the line that the child writes for it."""

    asset: str
    done: int
    total: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The run has ended: the last line that the child writes."""

    success: bool
    snapshot: str | None
    failures: tuple[str, ...]
    warnings: tuple[str, ...] = ()


class Display:
    """Shows a run: a line for each asset that was made, and a bar below where there is a terminal."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("pipeline", total=None)
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def __call__(self, asset: str, done: int, total: int) -> None:
        """Show that an asset was made."""
        now = time.monotonic()
        self._progress.console.print(f"  {done:>3}/{total} {asset:<32} {now - self._last:5.1f} s", highlight=False)
        self._progress.update(self._task, completed=done, total=total)
        self._last = now


def start(supervisor: Supervisor, environment: Mapping[str, str]) -> Child:
    """Start a run in a child; `follow` hears of it."""
    argv = (sys.executable, "-m", "kalpi.pipeline")
    return supervisor.start(Program(name=NAME, argv=argv, environment=environment, piped=True))


def follow(supervisor: Supervisor, child: Child, console: Console) -> Ended:
    """Show a started run until it ends.

    Raises:
        ChildFailed: it ended without saying how.
    """
    ended = None
    with Display(console) as display:
        for line in child.output:
            told = msgspec.json.decode(line, type=Made | Ended)
            if isinstance(told, Ended):
                ended = told
            else:
                display(told.asset, told.done, told.total)
    status = supervisor.finish(child)
    if ended is None:
        raise child.failure(f"ended with status {status} and no result")
    return ended


def run_here(home: Home, console: Console) -> Ended:
    """Run the pipeline in this process, its libraries' words in its log."""
    home.services.mkdir(parents=True, exist_ok=True)
    with _standard_error_to(home.services / f"{NAME}.log"):
        from pipelines.run import refresh  # noqa: PLC0415  (seconds of imports)

        with Display(console) as display:
            outcome = refresh(home, display)
    return Ended(outcome.success, outcome.snapshot, outcome.failures, outcome.warnings)


def main() -> None:
    """Run the pipeline and write what happens to standard output, a line of JSON each."""
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library's print is no line of ours

    def tell(event: Made | Ended) -> None:
        lines.write(msgspec.json.encode(event) + b"\n")

    from pipelines.run import refresh  # noqa: PLC0415  (seconds of imports)

    logs.configure()
    outcome = refresh(Home.from_environment(), lambda asset, done, total: tell(Made(asset, done, total)))
    tell(Ended(outcome.success, outcome.snapshot, outcome.failures, outcome.warnings))


@contextmanager
def _standard_error_to(path: Path) -> Generator[None]:
    kept = os.dup(sys.stderr.fileno())
    with path.open("ab") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    try:
        yield
    finally:
        os.dup2(kept, sys.stderr.fileno())
        os.close(kept)


if __name__ == "__main__":
    main()
