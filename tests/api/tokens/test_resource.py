"""POST /v1/auth/token as RFC 6749 and RFC 9068 have it."""

import base64
import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from api.accounts.keys import issue
from api.accounts.tiers import seeded
from tests.api.tokens.conftest import basic, form_of

FREE = seeded()[0]


def parts(token):
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


@pytest.mark.parametrize("where", ["form", "header"])
def test_a_key_gets_a_token_that_says_what_it_should(ask, anyone, premium, keys, where):
    key = keys["premium"]
    if where == "form":
        answer = ask(form_of(key))
    else:
        answer = ask({"grant_type": "client_credentials"}, headers=basic(key.split("_")[2], key))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    told = answer.json
    assert {**told, "access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "read",
    }
    header, claims = parts(told["access_token"])
    (public,) = anyone.json("/.well-known/jwks.json")["keys"]
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": public["kid"]}
    me = premium.json("/v1/me")
    assert (claims["sub"], claims["client_id"]) == (me["account"], me["key"]) == (me["account"], key.split("_")[2])
    assert claims["exp"] == claims["iat"] + 600
    assert abs(claims["iat"] - time.time()) < 5
    assert claims.keys() == {"iss", "aud", "sub", "client_id", "iat", "nbf", "exp", "jti", "scope", "tv"}
    assert jwt.decode(told["access_token"], KeySet.import_key_set({"keys": [public]})).claims == claims


def test_two_tokens_have_two_names(token):
    assert len({parts(token())[1]["jti"] for _ in range(20)}) == 20


def test_only_public_parts_are_published_and_the_metadata_lead_to_them(anyone, token):
    token()
    for key in anyone.json("/.well-known/jwks.json")["keys"]:
        assert key.keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    told = anyone.json("/.well-known/oauth-authorization-server")
    assert told["issuer"] == parts(token())[1]["iss"]
    assert told["token_endpoint"] == f"{told['issuer']}/v1/auth/token"
    assert told["jwks_uri"] == f"{told['issuer']}/.well-known/jwks.json"


def test_it_costs_one_of_the_minute_and_nothing_of_the_day(ask, keys, free):
    for n in range(FREE.per_minute):
        answer = ask(form_of(keys["free"]))
        assert f'"minute";r={FREE.per_minute - 1 - n};' in answer.headers["RateLimit"]
        assert f'"day";r={FREE.per_day};' in answer.headers["RateLimit"]
    refused = ask(form_of(keys["free"]))
    assert refused.status_code == 429
    assert refused.json["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert "Retry-After" in refused.headers
    assert free("/v1/me").status_code == 429


def refused(answer, status, error):
    assert (answer.status_code, answer.json["error"]) == (status, error), answer.text
    assert answer.json.keys() <= {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert "RateLimit" not in answer.headers or error == "invalid_scope"
    return answer


def test_who_shows_no_good_key_gets_no_token(ask, keys, accounts):
    revoked = accounts.create_key("revoked-client@example.org")
    accounts.revoke_key(revoked.id)
    good, other = keys["premium"], keys["free"].split("_")[2]
    wrong = [form_of(issue().text), form_of(good) | {"client_id": other}, form_of(revoked.key)]
    wrong += [form_of(good[:-1] + "~"), form_of(good) | {"client_id": "x"}, form_of(good) | {"client_id": "\x00"}]
    wrong += [{"grant_type": "client_credentials"}, form_of(good) | {"client_secret": ""}]
    answers = [ask(form) for form in wrong]
    answers += [ask({"grant_type": "client_credentials"}, headers=basic(other, good))]
    for header in ("Basic", "Basic !", "Basic /w==", "Basic \xff\xfe", "Bearer x", "Basic " + "A" * 5000, "Basic eA=="):
        answers.append(ask({"grant_type": "client_credentials"}, headers={"Authorization": header}))
    for answer in answers:
        refused(answer, 401, "invalid_client")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="kalpi"'
        assert answer.content == answers[0].content


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": 'a"b\\c\n\u00fc'}, "unsupported_grant_type"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": "read admin"}, "invalid_scope"),
    ],
)
def test_what_is_not_offered_is_refused(ask, keys, change, error):
    answer = refused(ask(form_of(keys["premium"]) | change), 400, error)
    assert "\u00fc" not in answer.text


def test_a_body_that_is_no_form_is_refused(ask, keys):
    good = form_of(keys["premium"])
    assert ask(good, headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}).status_code == 200
    for answer in (
        ask(json.dumps(good), headers={"Content-Type": "application/json"}),
        ask(good, headers={"Content-Type": "text/plain"}),
        ask(b"\xff=\xfe"),
        ask(b""),
        ask("grant_type=client_credentials&grant_type=client_credentials"),
        ask(good | {"scope": ["read", "read"]}),
        ask(good | {"more": "x" * 9000}),
        ask(good, headers=basic(good["client_id"], good["client_secret"])),
    ):
        refused(answer, 400, "invalid_request")


def test_over_plain_http_only_loopback_gets_tokens(ask, keys):
    good = form_of(keys["premium"])
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert ask(good, host=host).status_code == 200
    assert ask(good, host="kalpi.example", protocol="https").status_code == 200
    answer = refused(ask(good, host="kalpi.example"), 400, "insecure_transport")
    assert "https" in answer.json["error_description"]


def test_a_key_in_the_address_is_refused(ask, keys):
    answer = ask({}, params={"client_secret": keys["premium"]})
    assert answer.json["type"] == "/problems/key-in-query"


def test_other_methods_are_refused(anyone):
    answer = anyone("/v1/auth/token")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
