"""A server of several workers with a database of its own, whose tiers can be changed and whose log can be read."""

import itertools
import threading
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import psycopg
from psycopg.rows import dict_row

from api.accounts.service import Accounts, IssuedKey
from api.store import open_engine
from tests.api.conftest import SECRET, Server, running
from tests.api.load import ask
from tests.services import wait_for

POINT = "/v1/symbols/AAPL/at/latest"
ANYWHERE = {"Connection": "close"}
"""So the next request comes to any worker; what is kept open stays with one."""
ROUTE = "/v1/symbols/{symbol}/at/{date}"


@dataclass
class Stage:
    """What a test of the whole works with."""

    server: Server
    url: str
    accounts: Accounts

    @property
    def client(self):
        return self.server.client

    def key(self, tier, name=None) -> IssuedKey:
        """Make a key, of an account of its own unless one is named."""
        return self.accounts.create_key(f"{name or f'{tier}-{time.monotonic_ns()}'}@example.org", tier)

    def sql(self, statement, **values):
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else []

    def tier(self, name, **columns):
        """Change a tier as an operator does."""
        for column, value in columns.items():
            self.sql(f"update tiers set {column} = %(value)s where name = %(name)s", value=value, name=name)

    def ask(self, issued, times, path=POINT, **options):
        """Let many clients ask together; give all answers."""
        return ask(self.client, [(path, {"X-API-Key": issued.key})] * times, **options)

    def spread(self, issued, times=200, **options):
        """Ask from anywhere, so that every worker knows the key."""
        return ask(self.client, [(POINT, {"X-API-Key": issued.key, **ANYWHERE})] * times, **options)

    def rows(self, where="true", **values):
        return self.sql(f"select * from requests where {where} order by at", **values)

    def row(self, name):
        """Return the row of a request, once it is stored."""
        wait_for(lambda: self.rows("request_id = %(name)s", name=name), seconds=20)
        (found,) = self.rows("request_id = %(name)s", name=name)
        return found


class Load:
    """Clients that ask on until told to stop."""

    def __init__(self, stage, issued, clients=8):
        self._stop = threading.Event()
        self._answers = []
        self._thread = threading.Thread(target=self._ask, args=(stage, issued, clients))
        self._thread.start()

    def _ask(self, stage, issued, clients):
        key = {"X-API-Key": issued.key}
        requests = itertools.cycle([(POINT, key)] * 3 + [(POINT, key | ANYWHERE)])
        self._answers = ask(stage.client, requests, clients=clients, until=self._stop.is_set)

    def stop(self):
        self._stop.set()
        self._thread.join()
        return self._answers


@contextmanager
def staged(home, postgres, redis_url, *, workers=4, tiers=None, url=None, **environ):
    """Start a server, on a database of its own unless one is named; `tiers` are changed before it starts."""
    with nullcontext(url) if url else postgres.database() as url:  # noqa: PLR1704
        engine = open_engine(url)
        stage = Stage(None, url, Accounts(engine, SECRET))
        for name, columns in (tiers or {}).items():
            stage.tier(name, **columns)
        try:
            with running(home, url, redis_url, workers=workers, **environ) as server:
                stage.server = server
                yield stage
        finally:
            engine.dispose()


def statuses(answers):
    """Count the answers by status."""
    counted = {}
    for answer in answers:
        counted[answer.status] = counted.get(answer.status, 0) + 1
    return counted


def leave_room(seconds, window=60):
    """Wait for the next window if this one is over too soon."""
    left = window - time.time() % window
    if left < seconds:
        time.sleep(left + 0.1)
