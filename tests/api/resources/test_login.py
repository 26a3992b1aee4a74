"""Logging in, and another password."""

import json

import argon2
import psycopg
import pytest
import redis

from tests.api.conftest import SECRET
from tests.api.people import PASSWORD, Person, letters_to, post, someone
from tests.api.test_problems import checked

LOGIN = "/v1/auth/login"


@pytest.fixture
def person(app):
    return someone(app)


@pytest.fixture
def forget_waits(redis_url):
    """Let the delays after wrong passwords be over."""

    def forget():
        with redis.Redis.from_url(redis_url, decode_responses=True) as client:
            for key in client.keys("kalpi:login:*"):
                client.delete(key)

    return forget


def hash_of(accounts_url, email):
    with psycopg.connect(accounts_url) as connection:
        query = "select password_hash, password_secret_id from accounts where email = %s"
        return connection.execute(query, (email,)).fetchone()


def test_the_right_password_opens_a_session(app, told):
    person = Person(app)
    person.register()
    answer = person.login()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json.keys() == {"access_token", "refresh_token", "expires_in", "scope", "token_type"}
    assert (answer.json["expires_in"], answer.json["token_type"]) == (600, "Bearer")
    me = person("/v1/me").json
    assert (me["email"], me["tier"], me["key"]) == (person.email, "free", None)
    assert me["scopes"] == answer.json["scope"].split() == ["account", "keys", "read", "sql"]
    assert me["session"]
    assert person("/v1/symbols/AAPL/at/latest").status_code == 200
    assert told.tokens.verify(answer.json["access_token"]).session_id == me["session"]


def test_an_address_is_one_in_any_case(person):
    assert post(person.app, LOGIN, {"email": person.email.upper(), "password": PASSWORD}).status_code == 200


@pytest.mark.check(26)
def test_whatever_is_wrong_gets_the_same_answer(app, person, accounts, forget_waits):
    accounts.create_key("no-password@example.org")
    tries = [(person.email, "another password"), ("nobody@example.org", PASSWORD)]
    tries += [("no-password@example.org", PASSWORD), ("no address", PASSWORD), ("\0@\0", PASSWORD)]
    answers = []
    for email, password in tries:
        answers.append(post(app, LOGIN, {"email": email, "password": password}))
        forget_waits()
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        checked(answer, "wrong-password")
        assert answer.headers["Retry-After"] == "0"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.check(26)
def test_known_and_unknown_cost_the_same_queries_and_hashes(app, told, person, monkeypatch, forget_waits):
    done = []
    fit, by_email = told.office.passwords.fit, told.office.directory.by_email

    def log(name, call):
        return lambda *args: done.append(name) or call(*args)

    monkeypatch.setattr("api.accounts.passwords.Passwords.fit", lambda _, *args: log("hash", fit)(*args))
    monkeypatch.setattr("api.accounts.directory.Directory.by_email", lambda _, *args: log("query", by_email)(*args))
    for email in (person.email, "nobody@example.org"):
        done.clear()
        post(app, LOGIN, {"email": email, "password": "another password"})
        forget_waits()
        assert done == ["query", "hash"]


@pytest.mark.check(25)
def test_wrong_passwords_make_wait_longer_and_longer(app, person):
    waits = []
    for _ in range(4):
        answer = post(app, LOGIN, {"email": person.email, "password": "another password"}, remote_addr="203.0.113.1")
        waits.append(answer.headers["Retry-After"])
    assert waits == ["0", "0", "0", "1"]
    early = post(app, LOGIN, {"email": person.email, "password": PASSWORD}, remote_addr="203.0.113.1")
    assert checked(early, "quota-exceeded")["violated-policies"] == ["tries"]
    assert person.login().status_code == 200  # from the owner's address


@pytest.mark.check(17)
def test_without_redis_nobody_logs_in(told, person):
    told.gate._breaker._open = True
    for answer in (person.login(), person.register(), person.refresh()):
        checked(answer, "temporary-reduced-capacity")
        assert int(answer.headers["Retry-After"]) >= 1
    assert person("/v1/me").status_code == 200


@pytest.mark.check(27)
def test_too_many_at_once_are_told_to_come_back_and_it_was_no_try(told, person):
    passwords = told.office.passwords
    with passwords._place(), passwords._place():
        for _ in range(5):
            answer = person.login()
            checked(answer, "temporary-reduced-capacity")
            assert answer.headers["Retry-After"] == "1"
    assert person.login().status_code == 200


def test_a_disabled_account_is_told_so_to_who_knows_the_password(app, told, person):
    told.office.directory.disable(told.office.directory.by_email(person.email).id)
    checked(person.login(), "account-disabled")
    checked(post(app, LOGIN, {"email": person.email, "password": "another password"}), "wrong-password")


@pytest.mark.check(27)
def test_an_old_hash_is_replaced_at_login(person, accounts_url):
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with psycopg.connect(accounts_url) as connection:
        change = "update accounts set password_hash = %s, password_secret_id = null where email = %s"
        connection.execute(change, (weak, person.email))
    for _ in range(2):
        assert person.login().status_code == 200
        assert hash_of(accounts_url, person.email)[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert hash_of(accounts_url, person.email)[1] == SECRET.making().id


@pytest.mark.check(23)
def test_another_password_ends_all_sessions_and_opens_one(app, told, person):
    elsewhere = Person(app, email=person.email)
    elsewhere.login()
    body = {"current_password": PASSWORD, "new_password": "another, better password"}
    answer = person("/v1/auth/password", body)
    assert answer.status_code == 200
    assert answer.json["access_token"] != person.tokens["access_token"]
    told.keys._fresh = 0
    for tokens in (elsewhere.tokens, person.tokens):
        checked(person("/v1/me", token=tokens["access_token"]), "invalid-token")
        assert person.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert person("/v1/me", token=answer.json["access_token"]).status_code == 200
    assert person.refresh(answer.json["refresh_token"]).status_code == 200
    checked(person.login(), "wrong-password")
    person.password = body["new_password"]
    assert person.login().status_code == 200
    assert letters_to(told, person.email, 2)[-1].subject == "Your password was changed"


def test_a_new_access_token_is_taken_though_the_session_was_just_looked_up(person):
    assert person("/v1/me").status_code == 200
    body = {"current_password": PASSWORD, "new_password": "another, better password"}
    tokens = person("/v1/auth/password", body).json
    assert person("/v1/me", token=tokens["access_token"]).status_code == 200


def test_another_password_takes_the_last_one_and_a_good_one(person):
    wrong = person("/v1/auth/password", {"current_password": "another password", "new_password": "a better password"})
    checked(wrong, "wrong-password")
    for bad in ("trustno1", "kalpi-trading", "short"):
        refused = person("/v1/auth/password", {"current_password": PASSWORD, "new_password": bad})
        assert checked(refused, "parameter-out-of-bounds")["parameter"] == "new_password"
    assert person.login().status_code == 200


def test_a_key_cannot_change_a_password(premium):
    answer = premium(
        "/v1/auth/password", method="POST", body=json.dumps({"current_password": "x" * 8, "new_password": "y" * 8})
    )
    members = checked(answer, "scope-missing")
    assert (members["given"], members["allowed"]) == ("keys read sql", "account")


def test_what_is_wrong_with_a_body_is_told_without_what_is_secret(app):
    for body in (
        {"email": "a@b.org", "password": 12345678901234},
        {"email": "a@b.org", "password": ["hush-hush"]},
        {"email": "a@b.org", "password": "hush" * 500},
    ):
        answer = post(app, LOGIN, body)
        assert checked(answer, "parameter-out-of-bounds")["parameter"] == "password"
        assert "hush" not in answer.text
        assert "12345678901234" not in answer.text
    for body, name in (({"email": "a@b.org"}, "password"), ({"password": "x"}, "email")):
        assert checked(post(app, LOGIN, body), "parameter-out-of-bounds")["parameter"] == name
    unknown = post(app, LOGIN, {"email": "a@b.org", "password": "x", "tier": "premium"})
    checked(unknown, "unknown-parameter")
    query = post(app, LOGIN, {"email": "a@b.org", "password": "x"}, query_string="password=x")
    checked(query, "unknown-parameter")


def test_what_happens_is_recorded(app, events):
    person = someone(app)
    account = person("/v1/me").json["account"]
    post(app, LOGIN, {"email": person.email, "password": "another password"})
    post(app, LOGIN, {"email": "nobody@example.org", "password": "another password"})
    person("/v1/auth/password", {"current_password": PASSWORD, "new_password": "another, better password"})
    assert [(one["kind"], one["account_id"]) for one in events] == [
        ("account-created", account),
        ("login-succeeded", account),
        ("login-failed", account),
        ("login-failed", None),
        ("password-changed", account),
    ]
    assert {one["request_id"] for one in events} == {"0123456789abcdef"}
    assert PASSWORD not in str(events)
