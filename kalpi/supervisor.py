"""One supervisor a home: starts children, watches them, and stops them in reverse order however it ends."""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Self

from kalpi.errors import Refusal
from kalpi.processes import Child, Program, own_record, read_record, reap, record_path, write_record
from kalpi.services import Service
from warehouse.home import Home

SELF = "kalpi"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCH_SECONDS = 0.5
SERVICE_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 1.0
STEADY_SECONDS = 60.0  # a child that lived this long starts again with the first pause
MAX_RESTARTS = 5


class HomeTaken(Refusal):
    """Another kalpi runs on this home."""


@dataclass
class _Watched:
    child: Child
    started: float
    restarts: int = 0
    restart_at: float | None = None


class Supervisor:
    """Holds a home for as long as its children run."""

    def __init__(self, home: Home, *, address: str | None = None, tell: Callable[[str], None] = print) -> None:
        self.home = home
        self._address = address
        self._tell = tell
        self._watched: list[_Watched] = []
        self._uninterrupted = False
        self._told_to_stop = False

    def __enter__(self) -> Self:
        """Take the home and clear what a hard kill left on it.

        Raises:
            HomeTaken: another one holds it; names its process and address.
        """
        self.home.services.mkdir(parents=True, exist_ok=True)
        self._lock = _lock_or_refuse(self.home)
        left = reap(self.home)
        if left:
            self._tell(f"ended what a hard kill had left running: {', '.join(left)}")
        write_record(record_path(self.home, SELF), own_record(self._address))
        self._handlers = {number: signal.signal(number, self._interrupt) for number in STOP_SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop every child, the last one first; a second Ctrl-C does not cut that short."""
        self._uninterrupted = True
        for watched in reversed(self._watched):
            watched.child.stop()
        record_path(self.home, SELF).unlink(missing_ok=True)
        os.close(self._lock)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(self, program: Program) -> Child:
        """Start a child that `watch` keeps alive."""
        with self._whole():
            child = Child(self.home, program)
            self._watched.append(_Watched(child, time.monotonic()))
        return child

    def serve(self, service: Service) -> None:
        """Start an embedded server and wait until it answers."""
        child = self.start(service.program)
        child.wait_until(lambda: service.ready(child.record.pid), seconds=SERVICE_SECONDS)

    def finish(self, child: Child) -> int:
        """Return the exit status of a child that ends by itself, and watch it no longer."""
        status = child.wait()
        self._watched = [watched for watched in self._watched if watched.child is not child]
        return status

    def watch(self) -> None:
        """Restart children that end, until we are told to stop.

        Raises:
            ChildFailed: one ended again and again.
        """
        while True:
            for watched in self._watched:
                self._look_at(watched)
                watched.child.trim()
            time.sleep(WATCH_SECONDS)

    def _look_at(self, watched: _Watched) -> None:
        status, now, name = watched.child.ended(), time.monotonic(), watched.child.program.name
        if status is None:
            return
        if watched.restart_at is None:
            watched.restarts = 0 if now - watched.started > STEADY_SECONDS else watched.restarts
            if watched.restarts >= MAX_RESTARTS:
                raise watched.child.failure(f"ended {MAX_RESTARTS + 1} times, the last time with status {status}")
            pause = FIRST_PAUSE_SECONDS * 2**watched.restarts
            watched.restart_at = now + pause
            self._tell(f"{name} ended with status {status}; it starts again in {pause:.0f} s")
        elif now >= watched.restart_at:
            with self._whole():
                watched.child.stop()  # what is left of its session
                watched.child = Child(self.home, watched.child.program)
            watched.started, watched.restart_at, watched.restarts = now, None, watched.restarts + 1

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True
        if not self._uninterrupted:
            raise KeyboardInterrupt

    @contextmanager
    def _whole(self) -> Generator[None]:
        """Put off a signal until a started child is also a known child."""
        self._uninterrupted = True
        try:
            yield
        finally:
            self._uninterrupted = False
        if self._told_to_stop:
            raise KeyboardInterrupt


def _lock_or_refuse(home: Home) -> int:
    # the lock ends with the process, however that ends; the record only tells who it is
    descriptor = os.open(home.services / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as ex:
        os.close(descriptor)
        holder = read_record(record_path(home, SELF))
        who = f"process {holder.pid}" if holder else "another process"
        where = f" and answers at {holder.address}" if holder and holder.address else ""
        raise HomeTaken(
            f"kalpi is already running on {home.root}: {who} holds it{where}; stop it, or set KALPI_HOME"
        ) from ex
    return descriptor
