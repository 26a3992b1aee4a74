import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from api.accounts.lookup import all_tiers
from api.accounts.tiers import seeded
from api.store import migrate, open_engine
from api.store.models import Base


@pytest.fixture
def connection(database_url):
    engine = open_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_models_declare(connection):
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    assert compare_metadata(context, Base.metadata) == []


def test_the_tiers_of_the_file_are_seeded(connection):
    assert all_tiers(connection) == seeded()


def test_an_operators_change_survives_the_next_migration(connection, database_url):
    connection.execute(text("update tiers set per_day = 7 where name = 'free'"))
    connection.execute(text("delete from tiers where name = 'pro'"))
    connection.commit()
    migrate(database_url)
    free, pro, premium = all_tiers(connection)
    assert free.per_day == 7
    assert (pro, premium) == seeded()[1:]


def test_processes_that_start_together_migrate_once(empty_database_url):
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(migrate, [empty_database_url] * 4)) == [None] * 4


def test_a_worker_does_without_alembic():
    code = "import sys, api.wsgi; sys.exit('alembic' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
