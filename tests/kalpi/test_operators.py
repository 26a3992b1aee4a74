"""What operators do on the command line, on a database that `DATABASE_URL` names."""

import json

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.accounts.codes import RESET
from api.accounts.keys import parse
from api.tokens.ring import KeyRing
from kalpi.accounts import of_home
from kalpi.cli import app

ADA = "ada@example.org"


@pytest.fixture(autouse=True)
def database(home, database_url, monkeypatch):  # noqa: ARG001 - after the home, which takes the variable away
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


def kalpi(*words, typed=None) -> Result:
    return CliRunner().invoke(app, words, input=typed)


def told(*words):
    done = kalpi(*words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def said(*words):
    done = kalpi(*words)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def refused(*words):
    done = kalpi(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def events(database):
    def read():
        with psycopg.connect(database) as connection:
            return [kind for (kind,) in connection.execute("select kind from security_events order by at")]

    return read


def test_accounts_are_made_listed_moved_and_deleted(events):
    made = told("users", "create", "--email", ADA, "--tier", "pro")
    assert (made["email"], made["tier"], made["state"], made["verified"]) == (ADA, "pro", "enabled", "yes")
    assert "has an account already" in refused("users", "create", "--email", ADA.upper())
    assert told("users", "create", "--email", "charles@example.org")["tier"] == "free"
    assert [user["email"] for user in told("users", "list")] == ["charles@example.org", ADA]
    assert [user["email"] for user in told("users", "list", "--email", "ADA")] == [ADA]
    table = said("users", "list").splitlines()
    assert table[0].split() == ["email", "tier", "state", "verified", "password", "created", "id"]
    assert ADA in table[2]
    moved = told("users", "change", ADA, "--tier", "premium", "--new-email", "lovelace@example.org")
    assert (moved["email"], moved["tier"], moved["id"]) == ("lovelace@example.org", "premium", made["id"])
    assert "no account has the address ada@example.org" in refused("users", "change", ADA, "--tier", "free")
    assert "no tier 'gold'; allowed: free, pro, premium" in refused("users", "change", moved["email"], "--tier", "gold")
    assert "nothing to change" in refused("users", "change", moved["email"])
    assert kalpi("users", "delete", moved["email"], typed="n\n").exit_code == 1
    assert said("users", "delete", moved["email"], "--yes") == "deleted lovelace@example.org\n"
    assert [user["email"] for user in told("users", "list")] == ["charles@example.org"]
    assert events() == ["account-created", "account-created", "tier-changed", "account-deleted"]


def test_a_password_is_asked_for_and_held_to_the_rules(home):
    good = "a staple, a battery"
    assert kalpi("users", "create", "--email", ADA, "--password", typed=f"{good}\n{good}\n").exit_code == 0
    bad = kalpi("users", "create", "--email", "c@d.org", "--password", typed="password\npassword\n")
    assert bad.exit_code == 2
    assert "one of the 3000 most used" in bad.stderr
    with of_home(home) as operator:
        kept = operator.holder(ADA).password
        assert operator.office.passwords.fit(good, kept)


def test_accounts_are_switched_off_and_on_and_logged_out(home, events):
    told("users", "create", "--email", ADA)
    assert said("users", "disable", ADA) == f"disabled {ADA}\n"
    assert told("users", "list")[0]["state"] == "disabled"
    assert said("users", "enable", ADA) == f"enabled {ADA}\n"
    with of_home(home) as operator:
        holder = operator.holder(ADA)
        opened = operator.office.sessions.open(holder.id, holder.token_version)
    assert said("users", "logout", ADA) == f"ended all sessions of {ADA}\n"
    with of_home(home) as operator:
        assert operator.office.sessions.end(opened.id) is None
    assert events()[1:] == ["account-disabled", "account-enabled", "session-ended"]


def test_a_code_for_a_new_password_is_shown(home):
    told("users", "create", "--email", ADA)
    code = told("users", "reset", ADA)["code"]
    with of_home(home) as operator:
        assert operator.office.codes.open(RESET, code, operator.office.directory.by_id).email == ADA


def test_keys_have_terms(events):
    made = told(
        "keys", "create", "--email", ADA, "--tier", "pro", "--label", "laptop", "--scope", "read", "--days", "3"
    )
    assert made.keys() == {"id", "key", "tier"}
    assert parse(made["key"]).id == made["id"]
    (row,) = told("keys", "list")
    assert (row["id"], row["scopes"], row["label"], row["state"]) == (made["id"], ["read"], "laptop", "valid")
    assert row["ends_with"] == f"...{made['key'][-10:-6]}"
    assert made["key"][24:] not in said("keys", "list")
    assert "the scopes account are not allowed" in refused(
        "keys", "create", "--email", ADA, "--tier", "pro", "--scope", "account"
    )
    assert kalpi("keys", "create", "--email", ADA, "--tier", "pro", "--days", "366").exit_code == 2
    assert said("keys", "revoke", made["id"]) == f"revoked {made['id']}\n"
    assert told("keys", "list", "--email", ADA)[0]["state"] == "revoked"
    assert events() == ["key-created", "key-revoked"]


def test_tiers_are_changed_made_and_deleted(events):
    changed = told("tiers", "set", "free", "per_day=100", "indicators=sma,rsi", "history_months=none")
    assert (changed["per_day"], changed["indicators"], changed["history_months"]) == (100, ["rsi", "sma"], None)
    assert [tier["name"] for tier in told("tiers", "list")] == ["free", "pro", "premium"]
    assert said("tiers", "list").split()[:3] == ["name", "rank", "per_minute"]
    assert told("tiers", "create", "trial", "rank=-1", "per_minute=5")["per_minute"] == 5
    assert said("tiers", "delete", "trial") == "deleted trial\n"
    for words, why in (
        (("set", "free", "per_day"), "'per_day' is not allowed; allowed: FIELD=VALUE, each field once"),
        (("set", "free", "per_day=1", "per_day=2"), "'per_day=2' is not allowed"),
        (("set", "free", "indicators=smaa"), "indicators: no smaa"),
        (("set", "free", "endpoints=account"), "endpoints: no account; allowed: alphavantage, at, bars"),
        (("set", "gold", "per_day=1"), "no tier 'gold'"),
        (("delete", "free"), "comes with every installation"),
    ):
        assert why in refused("tiers", *words)
    assert events() == ["tier-changed"] * 3


def test_signing_keys_are_rotated(home, events):
    first = told("tokens", "rotate")["made"]
    done = told("tokens", "rotate")
    assert done["kept"] == [first]
    assert [key["id"] for key in told("tokens", "list")] == [first, done["made"]]
    assert "wait for" in refused("tokens", "rotate")
    assert told("tokens", "rotate", "--now")["removed"] == [first, done["made"]]
    assert len(KeyRing(home.secrets / "tokens").live()) == 1
    assert events() == ["setting-changed"] * 3


def test_secrets_are_rotated_and_retired_when_nothing_depends_on_them(home, monkeypatch, events):
    told("keys", "create", "--email", ADA, "--tier", "pro")
    (first,) = told("secrets", "list")
    assert "one secret is alive" in refused("secrets", "retire")
    done = told("secrets", "rotate")
    assert done["kept"] == first["id"]
    assert "two secrets are alive" in refused("secrets", "rotate")
    rows = told("secrets", "list")
    assert [row["id"] for row in rows] == [done["made"], done["kept"]]
    assert rows[1]["still_needed_by"] == "1 keys, 0 passwords and 0 sessions"
    assert f"depend on the secret {first['id']}" in refused("secrets", "retire")
    assert (home.secrets / "server").stat().st_mode & 0o777 == 0o600
    retired = told("secrets", "retire", "--force")
    assert (retired["removed"], retired["lost"]) == (first["id"], "1 keys, 0 passwords and 0 sessions")
    assert [row["id"] for row in told("secrets", "list")] == [done["made"]]
    monkeypatch.setenv("KALPI_SECRET", "from outside")
    assert "KALPI_SECRET is set" in refused("secrets", "rotate")
    assert events() == ["key-created", "setting-changed", "setting-changed"]


def test_a_database_that_is_held_up_is_told_in_a_sentence(database):
    told("users", "create", "--email", ADA)
    with psycopg.connect(database) as connection:
        connection.execute("lock table accounts")
        assert "the database did not answer in time" in refused("users", "disable", ADA)
