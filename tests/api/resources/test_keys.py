"""An account's own keys over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import redis

from tests.api.conftest import Caller
from tests.api.people import someone
from tests.api.test_problems import checked

KEYS = "/v1/keys"


@pytest.fixture
def person(app):
    return someone(app)


@pytest.fixture
def made(person):
    """Make a key and give what was answered."""

    def make(**body):
        answer = person(KEYS, body)
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


@pytest.mark.check(30)
def test_a_key_is_told_once_and_works(app, person, made):
    key = made(label="laptop", days=90)
    assert key.keys() == {"id", "key", "label", "scopes", "expires_at"}
    assert (key["label"], key["scopes"]) == ("laptop", ["keys", "read", "sql"])
    assert abs(datetime.fromisoformat(key["expires_at"]) - datetime.now(UTC) - timedelta(days=90)) < timedelta(
        minutes=1
    )
    me = Caller(app, key["key"]).json("/v1/me")
    assert (me["account"], me["key"], me["session"]) == (person("/v1/me").json["account"], key["id"], None)
    listed = person(KEYS)
    assert key["key"][24:] not in listed.text
    (item,) = listed.json["items"]
    assert item["last_four"] == key["key"][-10:-6]
    assert (item["id"], item["label"], item["revoked_at"], listed.json["next_cursor"]) == (
        key["id"],
        "laptop",
        None,
        None,
    )


def test_an_answer_with_a_key_is_not_to_be_stored(person):
    assert person(KEYS, {}).headers["Cache-Control"] == "no-store"


def test_a_key_rolls_itself(app, made, told):
    told.keys._fresh = 0
    first = made()
    ask = Caller(app, first["key"])
    second = ask(KEYS, method="POST", body="{}")
    assert second.status_code == 201
    checked(ask(KEYS, method="POST", body="{}"), "too-many-keys")
    follower = Caller(app, second.json["key"])
    revoked = follower(f"{KEYS}/{first['id']}", method="DELETE")
    assert revoked.status_code == 200
    assert revoked.json["revoked_at"]
    checked(ask("/v1/me"), "revoked-key")
    assert follower(KEYS, method="POST", body="{}").status_code == 201


def test_a_key_for_reading_makes_no_key(app, made):
    reader = made(scopes=["read"])
    ask = Caller(app, reader["key"])
    assert ask("/v1/symbols").status_code == 200
    for method, path in (("GET", KEYS), ("POST", KEYS), ("DELETE", f"{KEYS}/{reader['id']}")):
        members = checked(ask(path, method=method, body="{}" if method == "POST" else None), "scope-missing")
        assert (members["given"], members["allowed"]) == ("read", "keys")


def test_no_key_is_for_more_than_what_makes_it(app, made):
    maker = made(scopes=["keys"])
    ask = Caller(app, maker["key"])
    checked(ask("/v1/symbols"), "scope-missing")
    assert ask("/v1/me").json["scopes"] == ["keys"]
    refused = ask(KEYS, method="POST", body='{"scopes": ["read"]}')
    assert checked(refused, "parameter-out-of-bounds")["parameter"] == "scopes"
    assert ask(KEYS, method="POST", body="{}").json["scopes"] == ["keys"]


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"days": 1.5}, "days"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["account"]}, "scopes[0]"),
        ({"scopes": "read"}, "scopes"),
        ({"label": "x" * 101}, "label"),
        ({"label": "a\nb"}, "label"),
    ],
)
def test_bad_terms_are_refused_by_name(person, body, parameter):
    assert checked(person(KEYS, body), "parameter-out-of-bounds")["parameter"] == parameter
    assert person(KEYS).json["items"] == []


def test_a_key_gets_another_label(person, made):
    path = f"{KEYS}/{made(label='laptop')['id']}"
    assert person(path, {"label": "server"}, method="PATCH").json["label"] == "server"
    assert person(path, {"label": None}, method="PATCH").json["label"] is None
    for body in ({"label": "x", "tier": "premium"}, {"label": "x", "id": "y"}, {"label": "x", "scopes": ["read"]}):
        checked(person(path, body, method="PATCH"), "unknown-parameter")
    checked(person(path, {}, method="PATCH"), "parameter-out-of-bounds")


@pytest.mark.check(28)
def test_anothers_key_is_no_key(app, person, made):
    other, key = someone(app), made()
    for method, body in (("DELETE", None), ("PATCH", {"label": "mine"})):
        for key_id in (key["id"], "nosuchkey123", "x", "%00", "..", "'--"):
            answer = other(f"{KEYS}/{key_id}", body, method=method)
            checked(answer, "unknown-key-id")
    assert other(KEYS).json["items"] == []
    assert person(KEYS).json["items"][0]["revoked_at"] is None


def test_a_trial_makes_no_key(person):
    for query in ("dry_run=1", "label=x"):
        checked(person(KEYS, {}, query_string=query), "unknown-parameter")
    assert person(KEYS).json["items"] == []


def test_a_refused_request_has_done_nothing(person, told, redis_url):
    account = person("/v1/me").json["account"]
    with redis.Redis.from_url(redis_url) as client:
        client.hset(f"kalpi:quota:{{{account}}}", "minute_used", 60)
    checked(person(KEYS, {}), "quota-exceeded")
    assert told.office.keys.list_keys(person.email) == ()


def test_making_and_ending_is_recorded(person, made, events):
    key = made()
    person(f"{KEYS}/{key['id']}", method="DELETE")
    assert [(one["kind"], one.get("new_key") or one.get("revoked_key")) for one in events[-2:]] == [
        ("key-created", key["id"]),
        ("key-revoked", key["id"]),
    ]
    assert key["key"][24:] not in str(events)
