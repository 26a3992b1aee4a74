from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from api.accounts.errors import (
    BadEmail,
    BadExpiry,
    BadLabel,
    BadScope,
    TooManyKeys,
    UnknownKeyId,
    UnknownTier,
)
from api.accounts.keys import parse
from api.accounts.scopes import OF_KEYS, OF_SESSIONS
from api.accounts.service import Terms


def rows(engine, table):
    with engine.connect() as connection:
        return connection.execute(text(f"select * from {table}")).all()


NO_ADDRESSES = ("", "ada", "@", "a@", "@b", "a b@c", "a@b@c", "a@b\0", "a@b\n", "\ud800@b", "a" * 250 + "@b.org")


def test_what_is_no_address_is_refused_before_any_query(accounts, queries):
    for email in NO_ADDRESSES:
        with pytest.raises(BadEmail, match="allowed: name@host"):
            accounts.create_key(email)
    assert queries == []


def test_other_bad_words_are_refused_with_what_is_allowed(accounts, engine):
    with pytest.raises(UnknownTier, match="no tier 'gold'; allowed: free, pro, premium"):
        accounts.create_key("a@b.org", "gold")
    for label in ("x" * 101, "tab\t", "nul\0"):
        with pytest.raises(BadLabel, match="at most 100 printable characters"):
            accounts.create_key("a@b.org", label=label)
    for scopes in (set(), {"account"}, {"read", "admin"}):
        with pytest.raises(BadScope, match="allowed: some of keys, read"):
            accounts.create_key("a@b.org", scopes=frozenset(scopes))
    for days in (-1, 366):
        with pytest.raises(BadExpiry, match="within 365 days"):
            accounts.create_key("a@b.org", expires_at=datetime.now(UTC) + timedelta(days=days))
    assert rows(engine, "accounts") == []


def test_a_key_makes_its_account_and_the_next_one_shares_it(accounts):
    one = accounts.create_key("a@b.org", label="laptop")
    two = accounts.create_key("A@B.org")
    assert parse(one.key).id == one.id
    assert (one.tier, one.email, one.account_id) == ("free", "a@b.org", two.account_id)
    newest, oldest = accounts.list_keys("A@b.ORG")
    assert (newest.id, oldest.id, oldest.label) == (two.id, one.id, "laptop")
    assert oldest.last_four == one.key[-10:-6]


def test_a_tier_named_with_a_key_becomes_the_accounts(accounts):
    assert accounts.create_key("a@b.org", "pro").tier == "pro"
    assert accounts.create_key("a@b.org").tier == "pro"
    assert accounts.create_key("a@b.org", "premium").tier == "premium"
    assert {key.tier for key in accounts.list_keys()} == {"premium"}


def test_a_new_address_used_by_many_at_once_gets_one_account(accounts, engine):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: accounts.create_key("Aa@b.org"[number % 2 :]), range(16)))
    assert len({key.account_id for key in made}) == len(rows(engine, "accounts")) == 2
    assert len(rows(engine, "api_keys")) == 16


@pytest.mark.check(24)
def test_no_table_and_no_writing_out_holds_a_key(accounts, engine):
    issued = accounts.create_key("a@b.org", "pro", "label")
    secret = issued.key.rsplit("_", 1)[1]
    assert secret[:12] not in f"{rows(engine, 'api_keys')}{rows(engine, 'accounts')}{issued}{issued!r}"


def test_listing_is_by_account_or_of_all(accounts):
    accounts.create_key("a@b.org")
    accounts.create_key("c@d.org")
    assert [key.email for key in accounts.list_keys()] == ["c@d.org", "a@b.org"]
    assert [key.email for key in accounts.list_keys("a@b.org")] == ["a@b.org"]
    assert accounts.list_keys("x@y.org") == ()


def test_revoking_keeps_the_first_moment(accounts):
    key = accounts.create_key("a@b.org")
    first = accounts.revoke_key(key.id)
    assert abs(first.revoked_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert accounts.revoke_key(key.id) == first
    assert accounts.list_keys() == (first,)


def test_revoking_what_is_no_key_says_so(accounts):
    for key_id in ("nosuchkey123", "", "'; drop table api_keys; --"):
        with pytest.raises(UnknownKeyId, match="no API key has the id"):
            accounts.revoke_key(key_id)


def test_a_key_is_good_for_a_year_unless_told(accounts):
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    assert abs(accounts.create_key("a@b.org").expires_at - in_a_year) < timedelta(minutes=1)
    soon = datetime.now(UTC) + timedelta(days=3)
    assert accounts.create_key("a@b.org", expires_at=soon).expires_at == soon


def test_an_owner_has_two_living_keys_and_an_operator_makes_as_many_as_needed(accounts, engine):
    first = accounts.create_key("a@b.org")

    def own(terms=Terms(), granted=OF_SESSIONS):  # noqa: B008
        return accounts.create_own_key(first.account_id, terms, granted)

    own()
    with pytest.raises(TooManyKeys, match="2 keys are alive; allowed: 2"):
        own()
    assert accounts.create_key("a@b.org")
    for key in accounts.list_keys("a@b.org")[:2]:
        accounts.revoke_key(key.id)
    next_one = own()
    with engine.begin() as connection:
        connection.execute(text(f"update api_keys set expires_at = now() where id = '{next_one.id}'"))
    own()


def test_no_key_is_for_more_than_who_makes_it(accounts):
    first = accounts.create_key("a@b.org")
    with pytest.raises(BadScope, match="allowed: some of keys"):
        accounts.create_own_key(first.account_id, Terms(scopes=OF_KEYS), frozenset({"keys", "account"}))
    reader = accounts.create_own_key(first.account_id, Terms(scopes=frozenset({"read"})), OF_KEYS)
    assert {key.id: key.scopes for key in accounts.list_keys()} == {
        first.id: ("keys", "read", "sql"),
        reader.id: ("read",),
    }


def test_many_who_ask_at_once_get_two_keys(accounts):
    first = accounts.create_key("a@b.org")

    def own(_):
        try:
            return accounts.create_own_key(first.account_id, Terms(), OF_KEYS)
        except TooManyKeys:
            return None

    with ThreadPoolExecutor(8) as pool:
        assert sum(made is not None for made in pool.map(own, range(8))) == 1


@pytest.mark.check(28)
def test_anothers_key_is_no_key(accounts):
    own, other = accounts.create_key("a@b.org"), accounts.create_key("c@d.org")
    for call in (accounts.revoke_key, lambda key_id, of: accounts.rename_key(key_id, "mine", of=of)):
        with pytest.raises(UnknownKeyId):
            call(other.id, of=own.account_id)
    assert [key.id for key in accounts.list_keys(of=own.account_id)] == [own.id]
    assert accounts.rename_key(own.id, "mine", of=own.account_id).label == "mine"
    assert accounts.rename_key(own.id, None, of=own.account_id).label is None
    accounts.revoke_key(own.id, of=own.account_id)
    with pytest.raises(UnknownKeyId, match="revoked"):
        accounts.rename_key(own.id, "mine", of=own.account_id)
    assert accounts.revoke_key(own.id, of=own.account_id).revoked_at
    assert accounts.list_keys("c@d.org")[0].revoked_at is None
