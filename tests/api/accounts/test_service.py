from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from api.accounts.errors import AccountExists, BadEmail, BadLabel, BadPassword, UnknownKeyId, UnknownTier
from api.accounts.keys import parse


def rows(engine, table):
    with engine.connect() as connection:
        return connection.execute(text(f"select * from {table}")).all()


def test_an_account_is_one_for_an_address_in_any_case(accounts, engine):
    account_id = accounts.create_account("Ada@Example.org", "pro")
    with pytest.raises(AccountExists, match=r"ada@example\.org has an account"):
        accounts.create_account("ada@example.org")
    (row,) = rows(engine, "accounts")
    assert (row.id, row.email, row.tier, row.password_hash) == (account_id, "Ada@Example.org", "pro", None)
    assert abs(row.created_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_password_is_stored_as_its_hash_only(accounts, engine):
    accounts.create_account("ada@example.org", password="correct horse")
    (row,) = rows(engine, "accounts")
    assert row.password_hash.startswith("$argon2id$")
    assert "correct horse" not in str(row)


NO_ADDRESSES = ("", "ada", "@", "a@", "@b", "a b@c", "a@b@c", "a@b\0", "a@b\n", "\ud800@b", "a" * 250 + "@b.org")


def test_what_is_no_address_is_refused_before_any_query(accounts, queries):
    for email in NO_ADDRESSES:
        for refuse in (accounts.create_account, accounts.create_key):
            with pytest.raises(BadEmail, match="allowed: name@host"):
                refuse(email)
    assert queries == []


def test_other_bad_words_are_refused_with_what_is_allowed(accounts, engine):
    with pytest.raises(UnknownTier, match="no tier 'gold'; allowed: free, pro, premium"):
        accounts.create_account("a@b.org", "gold")
    with pytest.raises(UnknownTier):
        accounts.create_key("a@b.org", "gold")
    with pytest.raises(BadPassword):
        accounts.create_account("a@b.org", password="short")
    for label in ("x" * 101, "tab\t", "nul\0"):
        with pytest.raises(BadLabel, match="at most 100 printable characters"):
            accounts.create_key("a@b.org", label=label)
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
