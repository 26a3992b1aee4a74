"""The API over the fixture world, with real Postgres and Valkey: in process, and as a gunicorn of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import falcon
import httpx2
import psutil
import pytest
from falcon import testing

from api.accounts.authenticator import Authenticator
from api.accounts.office import Office
from api.accounts.server_secrets import Secrets
from api.accounts.service import Accounts
from api.app import create_app
from api.audit.audit import Audit
from api.audit.events import SpooledEvents
from api.audit.history import History
from api.desk import Deps
from api.follow import Follower
from api.gate import Gate
from api.limits import Limiter
from api.limits.running import Running
from api.mail import Outbox
from api.settings import Settings
from api.store import open_engine
from api.tokens.bearer import Tokens
from tests.api import wellformed
from tests.services import free_port, wait_for
from tests.world import world  # noqa: F401 - a fixture
from warehouse.home import Home
from warehouse.sandbox.pool import Sandbox

SECRET = Secrets.of(b"a secret of the tests")
ROOT = Path(__file__).parents[2]
TIERS = ("free", "pro", "premium")


@dataclass
class Caller:
    """Asks the application in process, with one key unless told otherwise."""

    app: falcon.App
    key: str | None

    def __call__(self, path, *, method="GET", headers=None, **rest):
        known = {"X-API-Key": self.key} if self.key else {}
        return testing.simulate_request(self.app, method, path, headers={**known, **(headers or {})}, **rest)

    def json(self, path, **rest):
        answer = self(path, **rest)
        assert answer.status_code == 200, answer.text
        return strict(answer.content)


@pytest.fixture(scope="session", autouse=True)
def all_errors_are_well_formed() -> Iterator[None]:
    """Look at every answer that is given in process; those of servers are looked at where they are asked."""
    ask = testing.simulate_request

    def asked(app, method="GET", path="/", *args, **rest):
        answer = ask(app, method, path, *args, **rest)
        wellformed.check(method, path, answer.status_code, answer.headers, answer.content)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        for place in (testing, testing.client):  # both are called
            patch.setattr(place, "simulate_request", asked)
        yield


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Let a loaded machine take longer than a client should wait; servers and tests of the deadline are not meant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.store.transaction.DEFAULT_SECONDS", 10.0)
        yield


PATIENCE = 60  # seconds for an answer; a busy machine imports slowly what a format needs


class Letters:
    """Keeps the letters that are sent."""

    reaches_people = False

    def __init__(self):
        self.sent = []

    def send(self, letter):
        self.sent.append(letter)


def strict(content):
    """Read JSON as the standard has it: no NaN, no Infinity."""

    def refuse(token):
        raise AssertionError(f"{token} is not JSON")

    return json.loads(content, parse_constant=refuse)


@pytest.fixture(scope="session")
def accounts_url(postgres) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def accounts(accounts_url) -> Iterator[Accounts]:
    engine = open_engine(accounts_url)
    yield Accounts(engine, SECRET)
    engine.dispose()


@pytest.fixture(scope="session")
def keys(accounts) -> dict[str, str]:
    return {tier: accounts.create_key(f"{tier}@example.org", tier).key for tier in TIERS}


@pytest.fixture(scope="session")
def follower(world) -> Iterator[Follower]:  # noqa: F811
    follower = Follower(world, interval=0.05)
    follower.start()
    yield follower
    follower.stop()


@pytest.fixture(scope="session")
def sandbox(world) -> Iterator[Sandbox]:  # noqa: F811
    with closing(Sandbox(world, 2).start()) as sandbox:
        yield sandbox


@contextmanager
def deps(home, snapshots, database_url, redis_url, *, sandbox=None, **settings) -> Generator[Deps]:
    engine = open_engine(database_url)
    told = Settings(home=home, database_url=database_url, redis_url=redis_url, secrets=SECRET, **settings)
    authenticator = Authenticator(engine, SECRET, verified_only=told.verified_only, deadline=10)
    limiter = Limiter(redis_url)
    try:
        gate = Gate(redis_url, b"a secret of the tests", told.proxies)
        tokens = Tokens(home.secrets / "tokens", told.public_url, authenticator)
        outbox = Outbox(Letters(), every=0.05)
        audit = Audit(engine, None)
        history = History(engine)
        yield Deps(
            snapshots,
            authenticator,
            tokens,
            Office.of(engine, SECRET, grace=told.refresh_grace),
            outbox,
            limiter,
            gate,
            Running(),
            audit.events,
            audit.requests,
            history,
            told,
            lambda: "0123456789abcdef",
            sandbox,
        )
    finally:
        outbox.close()
        gate.close()
        limiter.close()
        authenticator.close()
        engine.dispose()


@pytest.fixture
def told(world, follower, accounts_url, redis_url, sandbox) -> Iterator[Deps]:  # noqa: F811
    with deps(world, follower, accounts_url, redis_url, sandbox=sandbox) as told:
        yield told


@pytest.fixture
def app(told) -> falcon.App:
    return create_app(told)


@pytest.fixture
def events(monkeypatch) -> list[dict[str, object]]:
    """What is recorded as a security event; it goes where it goes besides."""
    seen, record = [], SpooledEvents.record

    def see(self, kind, **facts):
        seen.append({"kind": kind, **facts})
        record(self, kind, **facts)

    monkeypatch.setattr(SpooledEvents, "record", see)
    return seen


@pytest.fixture
def free(app, keys) -> Caller:
    return Caller(app, keys["free"])


@pytest.fixture
def pro(app, keys) -> Caller:
    return Caller(app, keys["pro"])


@pytest.fixture
def premium(app, keys) -> Caller:
    return Caller(app, keys["premium"])


@pytest.fixture
def anyone(app) -> Caller:
    return Caller(app, None)


@dataclass
class Server:
    """A gunicorn of our own: a client of it, its master process, and the folder where its log waits."""

    client: httpx2.Client
    process: subprocess.Popen
    spool: Path
    log: Path

    @property
    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def serves(self, workers, besides=()) -> bool:
        """Whether so many workers have loaded the application, without those of before."""
        found = [worker for worker in self.workers if worker not in besides]
        return len(found) == workers and all(map(_has_a_log, found))

    def new_client(self, **options) -> httpx2.Client:
        """Make another client, which looks at errors as the first one does."""
        return httpx2.Client(base_url=self.client.base_url, event_hooks=self.client.event_hooks, **options)

    def stop(self, seconds=15):
        self.process.terminate()
        return self.process.wait(timeout=seconds)


@contextmanager
def running(home, database_url, redis_url, *, workers=1, **environ) -> Generator[Server]:
    """Run gunicorn as `kalpi serve` does."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn", "api.wsgi:application"]
    with tempfile.TemporaryDirectory(prefix="kalpi-", ignore_cleanup_errors=True) as folder:
        spool, log = Path(environ.get("KALPI_SPOOL", f"{folder}/spool")), Path(folder) / "log"
        told = {
            "KALPI_HOME": str(home.root),
            "KALPI_SPOOL": str(spool),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "KALPI_SECRET": SECRET.making().octets.decode(),
            "KALPI_PORT": str(port),
            "KALPI_WORKERS": str(workers),
        }
        with log.open("wb") as stderr:
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told, **environ}, stderr=stderr)
        try:
            checked = {"response": [_checked]}
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", event_hooks=checked, timeout=PATIENCE) as client:
                server = Server(client, process, spool, log)
                wait_for(lambda: server.serves(workers) and _answers(client), seconds=120)
                yield server
        finally:
            process.terminate()
            process.wait(timeout=120)  # gunicorn lets a worker that does not listen, as it is loading, end by itself
            print(log.read_text())  # noqa: T201 - pytest shows it when the test fails


@contextmanager
def serving(home, database_url, redis_url, *, workers=1, **environ) -> Generator[httpx2.Client]:
    """Run gunicorn, and give a client of it."""
    with running(home, database_url, redis_url, workers=workers, **environ) as server:
        yield server.client


@pytest.fixture(scope="session")
def served_home(world, tmp_path_factory) -> Home:  # noqa: F811
    """A home with the sample published, where more may be published: of the same content, for others read it, too."""
    home = Home(tmp_path_factory.mktemp("served"))
    shutil.copytree(world.snapshots, home.snapshots, symlinks=True)
    return home


@pytest.fixture(scope="session")
def served(served_home, accounts_url, shared_valkey) -> Iterator[Server]:
    """A server of two workers for all that neither end nor change it; to start one takes seconds."""
    with running(served_home, accounts_url, shared_valkey.unix_url, workers=2) as server:
        yield server


def _checked(answer) -> None:
    request = answer.request
    wellformed.check(request.method, request.url.path, answer.status_code, answer.headers, answer.read())


def _has_a_log(worker) -> bool:
    try:
        return any("requests-" in file.path for file in worker.open_files())
    except psutil.NoSuchProcess:
        return False


def _answers(client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False
