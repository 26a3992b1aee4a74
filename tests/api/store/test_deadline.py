import time

import pytest
from sqlalchemy import text

from api.store import LOST, open_engine, within


@pytest.fixture
def engine(database_url):
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def ask(engine):
    with within(0.3), engine.connect() as connection:
        return connection.scalar(text("select 1"))


@pytest.mark.parametrize("warm", [True, False], ids=["kept connection", "new connection"])
@pytest.mark.check(40)
def test_a_frozen_server_is_given_up_at_the_deadline_and_serves_again_after_it(postgres, engine, warm):
    if warm:
        assert ask(engine) == 1
    with postgres.frozen():
        started = time.monotonic()
        with pytest.raises(LOST):
            ask(engine)
        assert 0.3 <= time.monotonic() - started < 2
    assert ask(engine) == 1


@pytest.mark.check(40)
def test_a_deadline_in_the_midst_of_a_query_leaves_no_poisoned_connection(postgres, engine):
    with engine.connect() as connection:
        assert connection.scalar(text("select 1")) == 1
        with postgres.frozen(), within(0.1), pytest.raises(LOST):
            connection.scalar(text("select 2"))
    assert ask(engine) == 1


def test_the_deadline_is_for_all_waits_together(engine):
    with within(0.6), engine.connect() as connection:
        connection.execute(text("select pg_sleep(0.4)"))
        with pytest.raises(LOST):
            connection.execute(text("select pg_sleep(0.4)"))
