"""One writer at a time: a lock on the warehouse, and a fencing token for writers that outlive theirs."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from warehouse.home import Home


class WarehouseBusyError(RuntimeError):
    """Another run is writing to the warehouse."""


class StaleWriterError(RuntimeError):
    """A newer run has taken the lock since this one did."""


class _Holder(msgspec.Struct):
    pid: int
    token: int


class Held(msgspec.Struct, frozen=True):
    """Who writes to the warehouse, and since when."""

    pid: int
    since: float


class WriterLock:
    """Held by the run that writes; its token grows with every holder."""

    def __init__(self, path: Path, token: int) -> None:
        self._path = path
        self.token = token

    def check(self) -> None:
        """Raise `StaleWriterError` when a newer run took the lock: where a file system forgets locks, this holds."""
        newest = _holder(self._path)
        if newest is None or newest.token != self.token:
            raise StaleWriterError(f"this run holds token {self.token}, but the newest is {newest and newest.token}")


@contextmanager
def writer_lock(home: Home) -> Generator[WriterLock]:
    """Hold the warehouse for writing.

    Raises:
        WarehouseBusyError: at once, when another run holds it; names that run's process.
    """
    home.work.mkdir(parents=True, exist_ok=True)
    path = home.work / ".lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock_or_refuse(descriptor, path)
        previous = _holder(path)
        holder = _Holder(pid=os.getpid(), token=(previous.token if previous else 0) + 1)
        os.pwrite(descriptor, msgspec.json.encode(holder).ljust(64), 0)
        yield WriterLock(path, holder.token)
    finally:
        os.close(descriptor)


def held(home: Home) -> Held | None:
    """Return who holds the warehouse, if anybody does. For that moment nobody else can take it, so ask seldom."""
    path = home.work / ".lock"
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(path)
        return Held(holder.pid if holder else 0, path.stat().st_mtime)
    finally:
        os.close(descriptor)
    return None


def _lock_or_refuse(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as ex:
        holder = _holder(path)
        who = f"process {holder.pid}" if holder else "another process"
        raise WarehouseBusyError(f"{who} is writing to the warehouse at {path.parent}; one run at a time") from ex


def _holder(path: Path) -> _Holder | None:
    content = path.read_bytes()
    return msgspec.json.decode(content, type=_Holder) if content else None
