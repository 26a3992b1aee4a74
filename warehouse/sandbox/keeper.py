"""The process that has a snapshot open, and forks a child for every query: `python -m warehouse.sandbox.keeper`.

It reads no query itself. The child has its time; whatever becomes of it, it is killed before the answer goes out, and
the next one begins as this one did. The keeper ends when the worker at the other side of its standard input does.
"""

import os
import select
import signal
import socket
import sys
import time
from typing import NoReturn

import duckdb
import msgspec

from warehouse.sandbox import selecting
from warehouse.sandbox.allowed import DESCRIPTIONS
from warehouse.sandbox.confinement import confine
from warehouse.sandbox.messages import MOST, Answer, Exceeded, Missing, Question, receive, send

IDLE_SECONDS = 60
"""After so long without a query the snapshot is closed: it may not be kept any more, and would hold its disk."""
_CONFIG: dict[str, str | float | list[str]] = {
    "threads": 1,
    "memory_limit": "256MB",
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
_LOCKS = (  # SEC in this order: what is locked can't be set any more
    "set max_temp_directory_size = '0KiB'",
    "set enable_external_access = false",
    "set disabled_filesystems = 'LocalFileSystem'",
    "set lock_configuration = true",
)
_TABLES = """
    select lower(name), lower(database_name || '.' || name)
    from (
        select database_name, schema_name || '.' || table_name as name from duckdb_tables() where not internal
        union all
        select database_name, schema_name || '.' || view_name from duckdb_views() where not internal
    )
"""


class Database:
    """A snapshot's database, open for reading and with nothing else in reach."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connection = duckdb.connect(path, read_only=True, config=_CONFIG)
        for lock in _LOCKS:
            self.connection.execute(lock)
        self.tables = frozenset(
            {*DESCRIPTIONS, *(name for row in self.connection.execute(_TABLES).fetchall() for name in row)}
        )


class Keeper:
    """Answers one worker, query by query."""

    def __init__(self, worker: socket.socket) -> None:
        self._worker = worker
        self._database: Database | None = None

    def serve(self) -> None:
        """Answer until the worker ends."""
        while True:
            if not select.select([self._worker], [], [], IDLE_SECONDS)[0]:
                self._close()
                continue
            try:
                question = msgspec.msgpack.decode(receive(self._worker), type=Question)
                send(self._worker, self._answer(question))
            except (EOFError, OSError):
                return

    def _answer(self, question: Question) -> bytes:
        until = time.monotonic() + question.seconds
        try:
            database = self._open(question.database)
        except duckdb.IOException:
            return _encoded(Missing())
        ours, its = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            self._worker.close()  # SEC it answers through the keeper only
            _be_child(database, question, its)
        os.close(its)
        try:
            message, in_time = self._read(ours, until)
        finally:
            os.close(ours)
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        if not in_time or -os.waitstatus_to_exitcode(status) == signal.SIGXCPU:
            return _encoded(Exceeded("time"))
        return message if _is_whole(message) else _encoded(Exceeded("memory"))  # what else it may die of

    def _read(self, source: int, until: float) -> tuple[bytes, bool]:
        """Return what the child says until it ends, and whether that was in time."""
        said = bytearray()
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([source, self._worker], [], [], left)
            if self._worker in ready:  # it asks one query at a time: this is its end
                raise EOFError("the worker has ended")
            if ready:
                part = os.read(source, 65_536)
                said += part
                if not part or len(said) > MOST:
                    return bytes(said), True
        return b"", False

    def _open(self, path: str) -> Database:
        if self._database is None or self._database.path != path:
            self._close()
            self._database = Database(path)
        return self._database

    def _close(self) -> None:
        if self._database:
            self._database.connection.close()
        self._database = None


def _be_child(database: Database, question: Question, answers: int) -> NoReturn:
    """Answer in the child, and end without a word of anything else."""
    status = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for each in (sys.stdin, sys.stdout, sys.stderr):  # SEC no way to the worker; a traceback repeats the query
            os.dup2(nowhere, each.fileno())
        os.close(nowhere)
        connection = database.connection.cursor()
        confine(seconds=question.seconds, memory=question.memory)
        message = _encoded(selecting.answer(connection, question, database.tables))
        while message:
            message = message[os.write(answers, message) :]
        status = 0
    finally:
        os._exit(status)


def _encoded(answer: Answer) -> bytes:
    return msgspec.msgpack.encode(answer)


def _is_whole(message: bytes) -> bool:
    try:
        msgspec.msgpack.decode(message, type=Answer)
    except msgspec.DecodeError:
        return False
    return True


def main() -> None:
    """Serve the worker at standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker's business
    duckdb.default_connection().execute("set threads = 1")  # it has a thread otherwise, and a fork would not
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as worker:
        Keeper(worker).serve()


if __name__ == "__main__":
    main()
