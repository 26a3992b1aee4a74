"""Spools in a folder of the test's own, and a database to empty them into."""

import psycopg
import pytest

from api.audit.spool import Spool
from api.audit.tables import Destination
from api.audit.writer import Writer
from api.store import open_engine

REQUESTS, EVENTS = Destination("requests", 90), Destination("security_events", 400)


@pytest.fixture
def spools(tmp_path):
    """Make spools that are closed at the end."""
    made = []

    def make(kind="requests", folder=tmp_path, **options):
        made.append(Spool(folder, kind, **options))
        return made[-1]

    yield make
    for spool in made:
        spool.close()


@pytest.fixture
def engine(database_url):
    engine = open_engine(database_url, size=1, overflow=0)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def writers(engine):
    """Make writers of spools, which write when they are told to, and keep what was lost."""

    def make(*spools):
        lost = []
        kinds = {"requests": REQUESTS, "security_events": EVENTS}
        writer = Writer(engine, {one: kinds[one.kind] for one in spools}, lambda *told: lost.append(told))
        writer.lost = lost
        return writer

    return make


def counted(connection, table="requests"):
    return connection.execute(f"select count(*) from {table}").fetchone()[0]
