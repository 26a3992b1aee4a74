import threading
import time
from datetime import UTC, datetime

import psycopg
import pytest

from api.accounts.usage import KeyUsage
from tests.services import wait_for


@pytest.fixture
def usage(engine):
    usage = KeyUsage(engine)
    yield usage
    usage.close()


def last_used(accounts):
    return {key.id: key.last_used_at for key in accounts.list_keys()}


def test_uses_are_written_together_and_only_when_it_is_time(accounts, usage, queries):
    used, other, unused = (accounts.create_key("a@b.org").id for _ in range(3))
    queries.clear()
    for key_id in (used, other, used, "nosuchkey123"):
        usage.note(key_id)
    assert queries == []
    usage.write()
    assert len(queries) == 1
    told = last_used(accounts)
    assert told[unused] is None
    for key_id in (used, other):
        assert abs((told[key_id] - datetime.now(UTC)).total_seconds()) < 60
    usage.write()
    assert len(queries) == 2  # of the list above: nothing was noted since


def test_a_later_use_that_another_worker_wrote_stays(accounts, usage, database_url):
    key_id = accounts.create_key("a@b.org").id
    usage.note(key_id)
    with psycopg.connect(database_url) as connection:
        connection.execute("update api_keys set last_used_at = '2100-01-01'")
    usage.write()
    assert last_used(accounts)[key_id].year == 2100


def test_a_row_that_is_being_changed_holds_nobody_up(accounts, usage, database_url):
    held, free = (accounts.create_key("a@b.org").id for _ in range(2))
    usage.note(held)
    usage.note(free)
    with psycopg.connect(database_url) as connection:
        connection.execute("select from api_keys where id = %s for update", (held,))
        started = time.monotonic()
        usage.write()
        assert time.monotonic() - started < 1
    told = last_used(accounts)
    assert (told[held], told[free] is None) == (None, False)


def test_while_postgres_is_lost_uses_stay_noted(postgres, accounts, engine):
    usage = KeyUsage(engine, deadline=0.2)
    key_id = accounts.create_key("a@b.org").id
    usage.note(key_id)
    with postgres.frozen():
        usage.write()
    assert last_used(accounts) == {key_id: None}
    usage.write()
    assert last_used(accounts)[key_id]
    usage.close()


def test_a_thread_writes_now_and_then_and_closing_writes_the_rest(accounts, engine):
    before = threading.active_count()
    usage = KeyUsage(engine, every=0.1)
    assert threading.active_count() == before
    first, second = (accounts.create_key("a@b.org").id for _ in range(2))
    usage.note(first)
    wait_for(lambda: last_used(accounts)[first])
    usage.note(second)
    usage.close()
    assert last_used(accounts)[second]
    assert threading.active_count() == before
