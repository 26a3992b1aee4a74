import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text

from api.accounts.authenticator import Authenticator
from api.accounts.errors import (
    AccountsUnavailable,
    DisabledAccount,
    ExpiredKey,
    MalformedKey,
    RevokedKey,
    UnknownKey,
)
from api.accounts.keys import ALPHABET, issue, parse
from api.accounts.server_secrets import Secrets
from api.accounts.tiers import seeded
from api.store import open_engine
from tests.services import wait_for

FREE, PRO, PREMIUM = seeded()


def change(engine, statement):
    with engine.begin() as connection:
        connection.execute(text(statement))


def seconds(call):
    started = time.monotonic()
    call()
    return time.monotonic() - started


def test_a_key_tells_its_account_and_tier_in_one_query_and_then_none(accounts, authenticators, queries):
    issued = accounts.create_key("a@b.org", "pro")
    queries.clear()
    authenticator = authenticators()
    for _ in range(3):
        principal = authenticator.principal(issued.key)
        assert (principal.account_id, principal.key_id) == (str(issued.account_id), issued.id)
        assert principal.tier == PRO
    assert len(queries) == 1


def test_an_unknown_key_is_asked_for_once(authenticators, queries):
    authenticator, stranger = authenticators(), issue()
    for _ in range(3):
        with pytest.raises(UnknownKey, match=stranger.id):
            authenticator.principal(stranger.text)
    assert len(queries) == 1


def test_a_known_id_with_another_secret_is_unknown(accounts, authenticators, engine):
    issued, stranger = accounts.create_key("a@b.org"), issue()
    change(engine, f"update api_keys set id = '{stranger.id}' where id = '{issued.id}'")
    with pytest.raises(UnknownKey):
        authenticators().principal(stranger.text)


def test_a_key_made_with_another_server_secret_is_unknown(accounts, engine):
    issued = accounts.create_key("a@b.org")
    with pytest.raises(UnknownKey):
        Authenticator(engine, Secrets.of(b"another secret")).principal(issued.key)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("update api_keys set revoked_at = now()", RevokedKey),
        ("update api_keys set expires_at = now() - interval '1 second'", ExpiredKey),
        ("update accounts set disabled_at = now()", DisabledAccount),
        ("delete from accounts", UnknownKey),
    ],
)
def test_a_change_acts_when_the_key_is_no_longer_fresh(accounts, authenticators, engine, statement, refusal):
    issued = accounts.create_key("a@b.org")
    authenticator = authenticators(fresh=0.3)
    authenticator.principal(issued.key)
    change(engine, statement)
    changed = time.monotonic()

    def ask_on():
        while time.monotonic() < changed + 5:
            authenticator.principal(issued.key)

    with pytest.raises(refusal, match=issued.id):
        ask_on()
    with pytest.raises(refusal):
        authenticators().principal(issued.key)


def test_a_key_expires_by_the_clock_even_while_it_is_fresh(accounts, authenticators):
    issued = accounts.create_key("a@b.org", expires_at=datetime.now(UTC) + timedelta(seconds=0.3))
    authenticator = authenticators()
    authenticator.principal(issued.key)
    time.sleep(0.3)
    with pytest.raises(ExpiredKey):
        authenticator.principal(issued.key)


def test_a_changed_tier_acts_when_the_key_is_no_longer_fresh(accounts, authenticators, engine):
    issued = accounts.create_key("a@b.org")
    authenticator = authenticators(fresh=0.1)
    assert authenticator.principal(issued.key).tier == FREE
    assert authenticator.tiers() == seeded()
    change(engine, "update tiers set per_day = 60, indicators = '{rsi}' where name = 'free'")
    time.sleep(0.1)
    changed = msgspec.structs.replace(FREE, per_day=60, indicators=frozenset({"rsi"}))
    assert authenticator.principal(issued.key).tier == changed
    assert authenticator.tiers() == (changed, PRO, PREMIUM)


@pytest.mark.slow
def test_a_revoked_key_is_refused_within_five_seconds_under_fire(accounts, authenticators):
    issued = accounts.create_key("a@b.org")
    authenticator = authenticators()

    def last_accepted(_thread):
        accepted = 0.0
        while time.monotonic() < started + 8:
            try:
                asked = time.monotonic()
                authenticator.principal(issued.key)
                accepted = asked
            except RevokedKey:
                pass
            time.sleep(0.001)
        return accepted

    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        fire = [pool.submit(last_accepted, thread) for thread in range(4)]
        time.sleep(1)
        accounts.revoke_key(issued.id)
        revoked = time.monotonic()
        assert 0 < max(each.result() for each in fire) - revoked <= 5


@pytest.mark.parametrize("times", [5_000, pytest.param(100_000, marks=pytest.mark.slow)])
@pytest.mark.check(30)
def test_every_key_has_its_form_and_checksum_and_a_mistyped_one_costs_no_look_up(authenticators, queries, times):
    authenticator = authenticators()
    for _ in range(times):
        key = issue()
        assert parse(key.text) == key
        place = secrets.randbelow(len(key.text))
        other = secrets.choice([letter for letter in ALPHABET if letter != key.text[place]])
        with pytest.raises(MalformedKey):
            authenticator.principal(key.text[:place] + other + key.text[place + 1 :])
    assert queries == []
    assert not authenticator._known.values()
    assert not authenticator._unknown.values()


def test_many_threads_each_get_their_own_account(accounts, authenticators, engine):
    issued = [accounts.create_key(f"user{number}@b.org") for number in range(8)]
    authenticator = authenticators(fresh=0)

    def ask(number):
        key = issued[number % 8]
        return authenticator.principal(key.key).account_id == str(key.account_id)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(400)))
    assert engine.pool.checkedout() == 0


def test_with_postgres_frozen_known_keys_work_and_others_are_told_to_come_back(postgres, accounts, authenticators):
    known, unknown = accounts.create_key("a@b.org", "pro"), accounts.create_key("c@d.org")
    revoked = accounts.create_key("e@f.org")
    accounts.revoke_key(revoked.id)
    authenticator = authenticators(fresh=0.1, probe_every=0.2)
    principal = authenticator.principal(known.key)
    with pytest.raises(RevokedKey):
        authenticator.principal(revoked.key)
    time.sleep(0.1)

    def refused():
        with pytest.raises(AccountsUnavailable) as told:
            authenticator.principal(unknown.key)
        assert told.value.retry_after == 1

    with postgres.frozen():
        assert seconds(refused) < 1.2
        assert not authenticator.available
        for _ in range(20):  # the breaker is open: nobody waits any more
            assert seconds(refused) < 0.05
            assert seconds(lambda: authenticator.principal(known.key)) < 0.05
        assert authenticator.principal(known.key) == principal
        assert authenticator.tiers() == seeded()
        with pytest.raises(RevokedKey):
            authenticator.principal(revoked.key)
        with pytest.raises(MalformedKey):
            authenticator.principal("nonsense")
    wait_for(lambda: authenticator.available)
    assert authenticator.principal(unknown.key).tier == FREE


def test_a_known_key_pays_for_the_freeze_once_and_not_for_ever(postgres, accounts, authenticators):
    issued = accounts.create_key("a@b.org")
    authenticator = authenticators(fresh=0.05, stale=0.6, deadline=0.2)
    authenticator.principal(issued.key)
    time.sleep(0.05)
    with postgres.frozen():
        assert 0.2 <= seconds(lambda: authenticator.principal(issued.key)) < 0.4
        assert seconds(lambda: authenticator.principal(issued.key)) < 0.05
        time.sleep(0.6)
        with pytest.raises(AccountsUnavailable):
            authenticator.principal(issued.key)


def test_making_one_connects_nowhere_and_a_refused_connection_is_told_at_once():
    engine = open_engine("postgresql://nobody@127.0.0.1:1/nothing")
    authenticator = Authenticator(engine, Secrets.of(b"secret"))

    def refused():
        with pytest.raises(AccountsUnavailable):
            authenticator.principal(issue().text)

    assert seconds(refused) < 0.5
    assert authenticator.tiers() == seeded()
    authenticator.close()
    engine.dispose()


def test_a_key_is_known_by_its_id_too_with_the_same_refusals_and_one_query(accounts, authenticators, queries):
    issued, revoked = accounts.create_key("a@b.org", "pro"), accounts.create_key("c@d.org")
    stranger = issue().id
    accounts.revoke_key(revoked.id)
    queries.clear()
    authenticator = authenticators()
    for _ in range(3):
        assert authenticator.of_key(issued.id, 0).tier == PRO
        for key_id, refusal in ((revoked.id, RevokedKey), (stranger, UnknownKey)):
            with pytest.raises(refusal, match=key_id):
                authenticator.of_key(key_id, 0)
    assert len(queries) == 3
    with pytest.raises(MalformedKey):
        authenticator.principal(f"id:{issued.id}")
