from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from api.accounts.directory import Directory
from api.accounts.errors import AccountExists, BadEmail, UnknownAccount, UnknownTier, WrongPassword
from api.accounts.passwords import Kept
from tests.api.accounts.test_service import NO_ADDRESSES, rows

OLD, NEW = Kept("$argon2id$old", "aaaaaaaa"), Kept("$argon2id$new", "bbbbbbbb")


@pytest.fixture
def directory(engine):
    return Directory(engine)


@pytest.fixture
def ada(directory):
    return directory.register("Ada@Example.org", OLD)[0]


def test_an_account_is_one_for_an_address_in_any_case(directory, engine, ada):
    again, is_new = directory.register("ada@example.ORG", NEW, tier="premium", is_verified=True)
    assert (again, is_new) == (ada, False)
    (row,) = rows(engine, "accounts")
    assert (row.id, row.email, row.tier) == (ada.id, "Ada@Example.org", "free")
    assert (row.password_hash, row.password_secret_id) == (OLD.hash, OLD.secret_id)
    assert row.email_verified_at is None
    assert abs(row.created_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_it_is_of_the_lowest_tier_unless_told(directory, engine):
    with engine.begin() as connection:
        connection.execute(text("insert into tiers (name, rank, per_minute) values ('trial', -1, 5)"))
    assert directory.register("a@b.org", None)[0].tier == "trial"
    assert directory.register("c@d.org", None, tier="pro")[0].tier == "pro"
    with pytest.raises(UnknownTier, match="no tier 'gold'; allowed: trial, free, pro, premium"):
        directory.register("e@f.org", None, tier="gold")


def test_it_is_found_by_address_and_by_id(directory, ada):
    assert directory.by_email("ADA@example.org") == directory.by_id(ada.id) == ada
    assert [directory.by_email(email) for email in NO_ADDRESSES] == [None] * len(NO_ADDRESSES)


def test_what_is_no_address_gets_no_account(directory, queries):
    for email in NO_ADDRESSES:
        with pytest.raises(BadEmail, match="allowed: name@host"):
            directory.register(email, None)
    assert queries == []


def test_all_are_listed_by_part_of_the_address(directory, ada):
    other = directory.register("charles@example.org", None)[0]
    assert directory.all() == (other, ada)
    assert directory.all("ADA@") == (ada,)
    assert directory.all("%") == ()


def test_an_operator_moves_it_to_another_tier_and_address(directory, ada):
    directory.register("charles@example.org", None)
    assert directory.change(ada.id, tier="pro").tier == "pro"
    moved = directory.change(ada.id, email="lovelace@example.org")
    assert (moved.email, moved.tier, moved.email_verified_at is None) == ("lovelace@example.org", "pro", False)
    with pytest.raises(AccountExists, match="CHARLES@example"):
        directory.change(ada.id, email="CHARLES@example.org")
    with pytest.raises(UnknownTier):
        directory.change(ada.id, tier="gold")
    assert directory.change(ada.id, email="Lovelace@example.org").email == "Lovelace@example.org"


def test_an_address_is_verified_once_and_only_while_it_is_the_same(directory, ada):
    assert directory.verify(ada)
    assert not directory.verify(ada)
    assert directory.by_id(ada.id).email_verified_at is not None
    other = directory.register("charles@example.org", None)[0]
    directory.change(other.id, email="babbage@example.org")
    assert not directory.verify(other)


def test_a_password_is_changed_by_one_who_knew_the_last_one(directory, ada):
    changed = directory.set_password(ada, NEW)
    assert (changed.password, changed.token_version) == (NEW, ada.token_version + 1)
    with pytest.raises(WrongPassword):
        directory.set_password(ada, OLD)
    assert directory.by_id(ada.id) == changed


def test_who_takes_an_account_over_by_mail_ends_the_keys_of_who_made_it(directory, accounts, ada):
    own = accounts.create_key("ada@example.org")
    directory.set_password(ada, NEW, by_mail=True)
    assert directory.by_id(ada.id).email_verified_at is not None
    assert accounts.list_keys()[0].revoked_at is not None
    again = accounts.create_key("ada@example.org")
    directory.set_password(directory.by_id(ada.id), OLD, by_mail=True)  # verified by now, so the keys are the owner's
    assert {key.id: key.revoked_at is None for key in accounts.list_keys()} == {own.id: False, again.id: True}


def test_the_same_password_is_kept_anew_and_ends_nothing(directory, ada):
    directory.keep_anew(ada.id, OLD, NEW)
    directory.keep_anew(ada.id, OLD, Kept("too late", None))
    assert directory.by_id(ada.id).password == NEW
    assert directory.by_id(ada.id).token_version == ada.token_version


def test_it_is_switched_off_and_on(directory, ada):
    off = directory.disable(ada.id)
    assert (off.disabled_at is None, off.token_version) == (False, ada.token_version + 1)
    assert directory.disable(ada.id).disabled_at == off.disabled_at
    assert directory.enable(ada.id).disabled_at is None


def test_deleting_takes_everything_of_it(directory, accounts, engine, ada):
    accounts.create_key("ada@example.org")
    directory.delete(ada.id)
    assert [rows(engine, table) for table in ("accounts", "api_keys", "sessions")] == [[], [], []]
    for call in (directory.delete, directory.disable, directory.enable, directory.end_sessions):
        with pytest.raises(UnknownAccount):
            call(ada.id)


def test_no_writing_out_tells_address_or_hash(ada):
    assert "ada" not in repr(ada).lower().replace(str(ada.id), "")
    assert "argon2" not in repr(ada)
