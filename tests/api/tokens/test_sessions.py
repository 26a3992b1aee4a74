"""Refresh tokens and revocation over HTTP, as RFC 6749, RFC 7009 and RFC 9700 have them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from api.accounts import refresh
from tests.api.people import Person, post_form, someone
from tests.api.test_problems import checked
from tests.api.tokens.conftest import basic, form_of

TOKEN, REVOKE = "/v1/auth/token", "/v1/auth/revoke"


@pytest.fixture
def person(app):
    return someone(app)


@pytest.fixture
def at_once(told):
    """Look everything up at each request."""
    told.keys._fresh = 0


def refused(answer, error="invalid_grant", status=400):
    assert (answer.status_code, answer.json["error"]) == (status, error), answer.text
    assert answer.json.keys() <= {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


def test_a_refresh_token_gets_the_next_and_an_access_token(person):
    answer = person.refresh()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert told.keys() == {"access_token", "refresh_token", "expires_in", "scope", "token_type"}
    assert (told["expires_in"], told["scope"]) == (600, "account keys read sql")
    assert told["refresh_token"] != person.tokens["refresh_token"]
    assert person("/v1/me", token=told["access_token"]).json["session"] == person("/v1/me").json["session"]
    assert person.refresh(told["refresh_token"], client_id="kalpi").status_code == 200


@pytest.mark.usefixtures("at_once")
@pytest.mark.check(22)
def test_one_that_comes_again_ends_the_family_with_its_access_tokens(person, events):
    second = person.refresh().json
    other = Person(person.app, email=person.email)
    other.login()
    for token in (person.tokens["refresh_token"], second["refresh_token"], person.tokens["refresh_token"]):
        refused(person.refresh(token))
    for tokens in (person.tokens, second):
        checked(person("/v1/me", token=tokens["access_token"]), "invalid-token")
    assert other("/v1/me").status_code == 200
    reused = [one for one in events if one["kind"] == "refresh-reused"]
    assert len(reused) == 1
    assert reused[0]["account_id"] == other("/v1/me").json["account"]


@pytest.mark.check(22)
def test_of_twenty_at_once_one_is_answered_at_most_and_then_the_family_is_over(person):
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: person.refresh(), range(20)))
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(good) <= 1
    for answer in answers:
        if answer not in good:
            refused(answer)
    for answer in good:
        refused(person.refresh(answer.json["refresh_token"]))


def test_whatever_is_wrong_with_a_refresh_token_gets_the_same_answer(person):
    used = person.tokens["refresh_token"]
    person.refresh()
    person.refresh()
    wrong = [used, refresh.issue().text, "x", "", "\x00", person.tokens["access_token"], used[:-1]]
    answers = [person.refresh(token) for token in wrong if token]
    for answer in answers:
        refused(answer)
    assert len({answer.content for answer in answers}) == 1
    refused(post_form(person.app, TOKEN, {"grant_type": "refresh_token"}), "invalid_request")


def test_less_may_be_asked_for_and_the_token_is_then_for_less(person):
    told = person.refresh(scope="read").json
    assert told["scope"] == "read"
    assert person("/v1/symbols", token=told["access_token"]).status_code == 200
    checked(person("/v1/keys", token=told["access_token"]), "scope-missing")
    refused(person.refresh(told["refresh_token"], scope="read admin"), "invalid_scope")
    assert person.refresh(told["refresh_token"]).json["scope"] == "account keys read sql"  # refused, and so not used up


def test_a_refresh_token_lets_nobody_in(person):
    checked(person("/v1/me", token=person.tokens["refresh_token"]), "invalid-token")


def test_a_key_gets_no_session_and_a_session_no_keys_token(person, keys):
    key = keys["premium"]
    form = {"grant_type": "refresh_token", "refresh_token": person.tokens["refresh_token"]}
    refused(post_form(person.app, TOKEN, form, headers=basic(key.split("_")[2], key)), "invalid_client", 401)
    credentials = {"client_id": key.split("_")[2], "client_secret": key}
    refused(post_form(person.app, TOKEN, form | credentials), "invalid_client", 401)
    refused(
        post_form(person.app, TOKEN, {"grant_type": "client_credentials", "client_id": "kalpi"}), "invalid_client", 401
    )
    refused(post_form(person.app, TOKEN, {"grant_type": "password", "username": "x"}), "unsupported_grant_type")
    assert person.refresh().status_code == 200


def test_a_keys_token_is_for_reading_unless_more_is_asked(app, keys, accounts):
    def scope(key, **more):
        return post_form(app, TOKEN, form_of(key, **more))

    assert scope(keys["premium"]).json["scope"] == "read"
    assert scope(keys["premium"], scope="keys").json["scope"] == "keys"
    assert scope(keys["premium"], scope="read keys").json["scope"] == "keys read"
    refused(scope(keys["premium"], scope="account"), "invalid_scope")
    reader = accounts.create_key("reader@example.org", scopes=frozenset({"read"})).key
    refused(scope(reader, scope="keys"), "invalid_scope")
    keeper = accounts.create_key("keeper@example.org", scopes=frozenset({"keys"})).key
    assert scope(keeper).json["scope"] == "keys"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_a_session_is_ended_by_either_token(person, events, which):
    answer = person.revoke(person.tokens[which], token_type_hint=which)
    assert (answer.status_code, answer.json) == (200, {})
    assert answer.headers["Cache-Control"] == "no-store"
    checked(person("/v1/me"), "invalid-token")
    refused(person.refresh())
    assert person.revoke(person.tokens[which]).status_code == 200
    assert [one["kind"] for one in events].count("session-ended") == 1


@pytest.mark.usefixtures("at_once")
def test_what_is_no_token_is_as_good_as_revoked(person):
    for token in ("x", "\x00", refresh.issue().text, "a.b.c", person.tokens["access_token"][:-2]):
        assert person.revoke(token).status_code == 200
    assert person("/v1/me").status_code == 200
    refused(person.revoke("x", token_type_hint="magic"), "unsupported_token_type", 401)
    refused(post_form(person.app, REVOKE, {"grant_type": "x"}), "invalid_request")
    refused(person.revoke("x", client_id="other"), "invalid_client", 401)


def test_a_keys_token_ends_with_its_key(app, keys, person):
    token = post_form(app, TOKEN, form_of(keys["premium"])).json["access_token"]
    refused(person.revoke(token), "unsupported_token_type")


def test_over_plain_http_only_loopback_is_answered(person):
    form = {"grant_type": "refresh_token", "refresh_token": person.tokens["refresh_token"]}
    refused(post_form(person.app, TOKEN, form, host="kalpi.example"), "insecure_transport")
    assert post_form(person.app, TOKEN, form, host="kalpi.example", protocol="https").status_code == 200


def test_wrong_tokens_count_as_mistakes_of_the_address(app, redis_url):
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    for _ in range(3):
        post_form(app, TOKEN, form, remote_addr="203.0.113.1")
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert client.hget("kalpi:gate:{203.0.113.1}", "mistakes:count") == "3"


def test_the_metadata_tell_of_both_ways(anyone):
    told = anyone.json("/.well-known/oauth-authorization-server")
    assert told["grant_types_supported"] == ["client_credentials", "refresh_token"]
    assert told["revocation_endpoint"] == f"{told['issuer']}{REVOKE}"
    assert told["scopes_supported"] == ["read", "sql", "keys", "account"]
