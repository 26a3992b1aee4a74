import pytest
from sqlalchemy import text

from api.accounts.dependants import Dependants, dependants
from api.accounts.office import Office
from api.accounts.server_secrets import Secrets

OLD, NEW = Secrets.of(b"old"), Secrets.of(b"new")
BOTH = Secrets.of(b"new", b"old")


@pytest.fixture
def counted(engine):
    return lambda secrets: dependants(engine, secrets.live()[0])


def test_what_lives_by_a_secret_is_counted_until_it_has_moved(engine, counted):
    old, both = Office.of(engine, OLD), Office.of(engine, BOTH)
    key = old.keys.create_key("a@b.org")
    holder, _ = old.directory.register("c@d.org", old.passwords.keep("a staple, a battery"))
    opened = old.sessions.open(holder.id, 0)
    assert counted(OLD) == Dependants(keys=1, passwords=1, sessions=1)
    assert not counted(NEW).any
    renewed = both.sessions.renew(opened.refresh.text)
    both.directory.keep_anew(holder.id, holder.password, both.passwords.keep("a staple, a battery"))
    assert counted(OLD) == Dependants(keys=1, passwords=0, sessions=0)
    assert counted(NEW) == Dependants(keys=0, passwords=1, sessions=1)
    old.keys.revoke_key(key.id)
    assert not counted(OLD).any
    both.sessions.end(renewed.id)
    assert counted(NEW) == Dependants(keys=0, passwords=1, sessions=0)


def test_a_key_that_names_none_counts_for_both(engine, counted):
    Office.of(engine, OLD).keys.create_key("a@b.org")
    with engine.begin() as connection:
        connection.execute(text("update api_keys set secret_id = null"))
    assert (counted(OLD).keys, counted(NEW).keys) == (1, 1)
    assert str(counted(OLD)) == "1 keys, 0 passwords and 0 sessions"
