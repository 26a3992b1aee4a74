"""The worker's side: a few keepers, each asked one query at a time, and started anew when they fail.

Loads no DuckDB.
"""

import os
import queue
import socket
import subprocess
import sys
from pathlib import Path

import msgspec

from warehouse.home import Home
from warehouse.sandbox.messages import Answer, Exceeded, Question, receive, send
from warehouse.snapshots import DATABASE

SECONDS = 2.0
ROWS = 1_000
OCTETS = 1_000_000
MEMORY = 2**30
_GRACE_SECONDS = 0.2  # a keeper's own, to tell that time is over
_ROOT = Path(__file__).resolve().parents[2]
_KEEPER = "warehouse.sandbox.keeper"


class AllBusy(RuntimeError):
    """Every keeper answers a query."""


class KeeperLost(RuntimeError):
    """A keeper ended, or is not itself any more; another one has been started."""


class Keeper:
    """A keeper process, for as long as it answers in time."""

    def __init__(self, module: str) -> None:
        self._module = module
        self.process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None

    def start(self) -> socket.socket:
        """Start the process, without waiting for it; an older one is ended."""
        self.end()
        ours, its = socket.socketpair()
        with its:
            # SEC nothing of our environment, which has secrets in it
            self.process = subprocess.Popen(  # noqa: S603 - a module of ours
                [sys.executable, "-m", self._module], cwd=_ROOT, env={"PATH": os.defpath}, stdin=its.fileno()
            )
        self._connection = ours
        return ours

    def ask(self, question: Question) -> Answer:
        """Return the answer to a query, within its time whatever happens; raises KeeperLost."""
        is_there = self.process and self.process.poll() is None
        connection = (self._connection if is_there else None) or self.start()
        connection.settimeout(question.seconds + _GRACE_SECONDS)
        try:
            send(connection, msgspec.msgpack.encode(question))
            return msgspec.msgpack.decode(receive(connection), type=Answer)
        except TimeoutError:  # it should have told so itself
            self.start()
            return Exceeded("time")
        except (OSError, EOFError, msgspec.DecodeError) as ex:
            self.start()
            raise KeeperLost("a keeper ended while it had a query") from ex

    def end(self) -> None:
        """End the process, and with it the child that it may have."""
        if self._connection:
            self._connection.close()
        if self.process:
            self.process.kill()
            self.process.wait()
        self._connection = self.process = None


class Sandbox:
    """Answers queries of snapshots by SQL. Start it after the fork; thread-safe."""

    def __init__(self, home: Home, keepers: int, *, module: str = _KEEPER) -> None:
        self._home = home
        self.keepers = tuple(Keeper(module) for _ in range(keepers))
        self._free: queue.SimpleQueue[Keeper] = queue.SimpleQueue()

    def start(self) -> "Sandbox":
        """Start the keepers, without waiting for them."""
        for keeper in self.keepers:
            keeper.start()
            self._free.put(keeper)
        return self

    def ask(self, snapshot_id: str, query: str, *, rows: int = ROWS) -> Answer:
        """Return a query's answer from a kept snapshot.

        Raises:
            AllBusy: nobody is free to ask; nothing waits, as a thread that does can't answer anybody else.
        """
        try:
            keeper = self._free.get_nowait()
        except queue.Empty as ex:
            raise AllBusy(f"{len(self.keepers)} queries at once are answered") from ex
        path = self._home.snapshots / snapshot_id / DATABASE
        try:
            return keeper.ask(
                Question(database=str(path), query=query, rows=rows, octets=OCTETS, seconds=SECONDS, memory=MEMORY)
            )
        finally:
            self._free.put(keeper)

    def close(self) -> None:
        """End all keepers."""
        for keeper in self.keepers:
            keeper.end()
