import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api.store import LOST, open_engine
from api.store.engine import database


@pytest.fixture
def engine(database_url):
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_postgres_url_is_read_as_one_for_psycopg_3(scheme):
    url = database(f"{scheme}://user:word@db.example:5433/kalpi")
    assert url.render_as_string(hide_password=False) == "postgresql+psycopg://user:word@db.example:5433/kalpi"


@pytest.mark.parametrize("bad", ["sqlite:///x.db", "mysql://h/d", "", "no url"])
def test_another_url_is_refused_with_what_is_allowed(bad):
    with pytest.raises(ValueError, match=r"DATABASE_URL.*allowed: postgresql://"):
        database(bad)


def test_making_an_engine_connects_nowhere():
    open_engine("postgresql://nobody@127.0.0.1:1/nothing").dispose()


def test_a_slow_statement_is_ended_by_the_server(engine):
    with engine.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
        connection.execute(text("select pg_sleep(3)"))


@pytest.mark.check(40)
def test_a_lost_backend_costs_no_error(engine, postgres):
    with engine.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    postgres.admin(f"select pg_terminate_backend({pid}, 1000)")
    with engine.connect() as connection:
        assert connection.scalar(text("select 1")) == 1


def test_the_pool_refuses_instead_of_growing(database_url):
    engine = open_engine(database_url, size=1, overflow=0)
    with engine.connect(), pytest.raises(LOST):
        engine.connect()
    engine.dispose()
