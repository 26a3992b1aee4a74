"""Two secrets alive: the newest makes, both prove."""

import os
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from api.accounts.authenticator import Authenticator
from api.accounts.errors import UnknownKey
from api.accounts.server_secrets import Secrets
from api.accounts.service import Accounts
from tests.api.accounts.test_service import rows

OLD, NEW = Secrets.of(b"old"), Secrets.of(b"new")
BOTH = Secrets.of(b"new", b"old")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "server"


def put(path, *lines, age=60.0):
    path.write_text("".join(f"{line}\n" for line in lines))
    moment = time.time() - age
    os.utime(path, (moment, moment))


def octets(secrets):
    return [one.octets for one in secrets.live()]


def test_a_file_has_one_a_line_and_no_more_than_two_live(path):
    put(path, " new ", "", "old", "older")
    assert octets(Secrets.in_file(path)) == [b"new", b"old"]


def test_the_newest_makes_once_all_workers_have_seen_it(path):
    put(path, "new", "old", age=0)
    assert Secrets.in_file(path, look_every=5).making().octets == b"old"
    put(path, "new", "old", age=11)
    assert Secrets.in_file(path, look_every=5).making().octets == b"new"
    put(path, "new", age=0)
    assert Secrets.in_file(path, look_every=5).making().octets == b"new"


def test_a_changed_file_is_seen_within_the_interval_and_an_emptied_one_is_not_believed(path):
    put(path, "old")
    secrets = Secrets.in_file(path, look_every=0.2)
    assert octets(secrets) == [b"old"]
    put(path, "new", "old")
    assert octets(secrets) == [b"old"]
    time.sleep(0.2)
    assert octets(secrets) == [b"new", b"old"]
    put(path)
    time.sleep(0.2)
    assert octets(secrets) == [b"new", b"old"]


def test_a_file_that_cannot_be_read_any_more_leaves_what_is_known(path, caplog):
    with pytest.raises(OSError, match="server"):
        Secrets.in_file(path).live()
    put(path, "old")
    secrets = Secrets.in_file(path, look_every=0.1)
    assert octets(secrets) == [b"old"]
    path.unlink()
    time.sleep(0.1)
    assert octets(secrets) == [b"old"]
    assert "can't be read again" in caplog.text
    put(path, "new", "old")
    time.sleep(0.1)
    assert octets(secrets) == [b"new", b"old"]


def test_neither_an_id_nor_a_writing_out_tells_a_secret():
    (secret,) = OLD.live()
    assert repr(secret) == f"Secret(id={secret.id!r})"
    assert (len(secret.id), secret.id) == (8, OLD.live()[0].id)
    assert secret.id != NEW.live()[0].id
    assert len({secret.for_purpose("a"), secret.for_purpose("b"), NEW.live()[0].for_purpose("a")}) == 3


def asked(engine, secrets, key):
    authenticator = Authenticator(engine, secrets)
    try:
        return authenticator.principal(key).key_id
    finally:
        authenticator.close()  # writes what it has noted


def test_a_key_moves_to_the_newest_secret_when_it_is_used(engine):
    issued = Accounts(engine, OLD).create_key("a@b.org")
    unused = Accounts(engine, OLD).create_key("a@b.org")
    with pytest.raises(UnknownKey):
        asked(engine, NEW, issued.key)
    assert asked(engine, BOTH, issued.key) == issued.id
    assert asked(engine, NEW, issued.key) == issued.id
    with pytest.raises(UnknownKey):
        asked(engine, NEW, unused.key)


def test_a_key_of_before_there_were_ids_is_proved_by_any_living_secret(engine):
    issued = Accounts(engine, OLD).create_key("a@b.org")
    with engine.begin() as connection:
        connection.execute(text("update api_keys set secret_id = null"))
    assert asked(engine, BOTH, issued.key) == issued.id
    (row,) = rows(engine, "api_keys")
    assert row.secret_id == NEW.live()[0].id
    assert abs((row.last_used_at - datetime.now(UTC)).total_seconds()) < 60
