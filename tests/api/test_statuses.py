"""Every status that the description names for an operation is one that it answers with."""

import functools
import json
import struct
import time
from base64 import urlsafe_b64encode
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
import psycopg
import pytest
import redis
from falcon import testing

from api import examples
from api.accounts.keys import issue
from api.app import create_app
from api.gate.rules import OPEN
from api.openapi import document
from api.questions import MAX_BODY
from api.routes import ENDPOINTS
from api.tokens.server import Server
from tests.api.illustrations import ADDRESSES, PASSWORD, all_answers, place
from tests.api.people import FORM, LOOPBACK, bearer, post

EVE = "eve@example.org"
AT_ONCE = 8
OF_THE_SERVER = 414
"""Answered before the application is asked; tests/api/served/test_hostile.py has it."""
pytestmark = pytest.mark.check(31)
CALLERS, BLOCKED = ("198.51.100.1", "198.51.100.2"), "203.0.113.1"
NO_SNAPSHOT = "20000101T000000Z-000000"
STRANGE = {"symbol": "NONE", "symbols": "NONE", "id": "none", "indicator": "none", "slug": "none"}


@functools.cache
def described():
    """Return the operations by name, each with its method and path."""
    paths = document(ENDPOINTS).paths
    return {one["operationId"]: one for operations in paths.values() for one in operations.values()}


def told(here, statement):
    with psycopg.connect(here.told.settings.database_url, autocommit=True) as connection:
        return connection.execute(statement).fetchone()


class Asker:
    """Asks what an operation's example asks, as somebody whose session may ask everything, but for what is told."""

    def __init__(self, here, address):
        self.here, self.address = here, {"remote_addr": address}
        who = {"email": EVE, "password": PASSWORD}
        whole = create_app(here.told)
        post(whole, "/v1/users", who, **self.address)
        (account,) = told(here, f"update accounts set tier = 'premium' where email = '{EVE}' returning id")
        self.account = str(account)
        told(here, f"update tiers set concurrent_requests = {AT_ONCE} returning name")
        tokens = post(whole, "/v1/auth/login", who, **self.address).json
        self.session, self.refresh_token = bearer(tokens["access_token"]), tokens["refresh_token"]

    def __call__(self, name, *, headers=None, query=None, path=None, body=None, credential=None, **rest):
        method, address = ADDRESSES[name]
        example = examples.operations().get(name, examples.Example())
        known = credential if credential is not None else self.session if described()[name]["security"] else {}
        content = None if example.body is None else {**example.body, **(body or {})}
        if name.startswith("tokens_"):
            known, content = known | FORM, urlencode(content if body is None else body)
        elif content is not None:
            content = json.dumps(content)
        return testing.simulate_request(
            self.here.app,
            method,
            address.format_map({**example.path, **(path or {})}),
            params={one: str(value) for one, value in {**example.query, **(query or {})}.items()},
            body=content,
            headers=known | (headers or {}),
            **LOOPBACK | self.address | rest,
        )


def _again(ask, name):
    query = {"symbols": "AAPL"} if name == "at_at" else {}  # a problem among the rows tells of its request
    return ask(name, query=query, headers={"If-None-Match": ask(name, query=query).headers.get("ETag", "none")})


def _malformed(ask, name):
    return ask(name, body={}) if name.startswith("tokens_") else ask(name, query={"api_key": "x"})


def _nobody(ask, name):
    if name == "tokens_revoke":
        return ask(name, body={"token": "x", "token_type_hint": "x"})
    if name == "tokens_token":
        key = issue()
        return ask(name, body={"grant_type": "client_credentials", "client_id": key.id, "client_secret": key.text})
    return ask(name, credential={"X-API-Key": "none"}) if described()[name]["security"] else ask(name)


def _unknown(ask, name):
    known = {one["name"] for one in described()[name]["parameters"]}
    if name.startswith("keys_"):
        return ask(name, path={"id": "7k2M9x4Q1p0Z"})
    if ADDRESSES[name][0] == "POST":
        return ask(name, body={"snapshot": NO_SNAPSHOT})
    if "snapshot" in known:
        return ask(name, query={"snapshot": NO_SNAPSHOT})
    strange = {one: STRANGE[one] for one in known & STRANGE.keys()}
    in_path = {one: value for one, value in strange.items() if f"{{{one}}}" in ADDRESSES[name][1]}
    return ask(name, path=in_path, query={one: value for one, value in strange.items() if one not in in_path})


def _conflicting(ask, name):
    if name == "keys_create_key":
        return [ask(name) for _ in range(4)][-1]
    fresh = {"min_data_through": "2999-12-31"}
    return ask(name, body=fresh) if _has_body(name) else ask(name, query=fresh)


def _strange(ask, name):
    return (
        ask(name, query={"nonsense": 1})
        if examples.operations().get(name) is None or not _has_body(name)
        else ask(name, body={"nonsense": 1})
    )


def _has_body(name):
    return "requestBody" in described()[name]


def _crowded(ask, name):
    """Ask from a blocked address, or where a credential is good there, too, as one request too many at once."""
    if not described()[name]["security"]:
        return ask(name, remote_addr=BLOCKED)
    for _ in range(AT_ONCE):
        ask.here.told.running.enter(ask.account, AT_ONCE)
    answer = ask(name)
    for _ in range(AT_ONCE):
        ask.here.told.running.leave(ask.account)
    return answer


PROVOKED = {
    304: _again,
    400: _malformed,
    401: _nobody,
    404: _unknown,
    406: lambda ask, name: ask(name, headers={"Accept": "image/png"}),
    409: _conflicting,
    413: lambda ask, name: ask(name, headers={"Content-Length": str(MAX_BODY + 1)}),
    422: _strange,
    429: _crowded,
}


def of(answers):
    return {(name, answer.status_code) for name, answer in answers}


def blocked(here):
    with redis.Redis.from_url(here.told.settings.redis_url, decode_responses=True) as client:
        now, _ = client.time()
        client.hset(f"kalpi:gate:{{{BLOCKED}}}", mapping={f"{OPEN.name}:count": 0, "blocked": (now + 900) * 1000})


def in_trouble(ask, postgres, monkeypatch):
    """Ask everything as a stranger while Postgres hangs, and what needs a count while nobody counts."""
    ask.here.told.keys._deadline = 0.2
    with monkeypatch.context() as patch, postgres.frozen():
        patch.setattr("api.store.transaction.DEFAULT_SECONDS", 0.3)
        yield from ((name, ask(name, credential=_stranger(name), body=_looked_up(ask, name))) for name in ADDRESSES)
    ask.here.told.gate._breaker._open = True
    yield from ((name, ask(name)) for name in ADDRESSES)


def _looked_up(ask, name):
    """Return members of a body for which something must be looked up; those of the examples need no look-up."""
    code = urlsafe_b64encode(uuid4().bytes + struct.pack(">Q", int(time.time()) + 60) + bytes(16)).decode().rstrip("=")
    key = issue()
    return {
        "users_verify": {"code": code},
        "users_reset": {"code": code},
        "tokens_token": {"grant_type": "client_credentials", "client_id": key.id, "client_secret": key.text},
        "tokens_revoke": {"token": ask.refresh_token},
    }.get(name)


def _stranger(name):
    return {"X-API-Key": issue().text} if described()[name]["security"] else {}


def disabled(ask):
    """Ask everything after the account has been disabled."""
    told(ask.here, "update accounts set disabled_at = now() returning id")
    ask.here.told.keys._fresh = 0.0
    yield from ((name, ask(name, credential={"X-API-Key": ask.here.key})) for name in ADDRESSES)
    yield "login_login", post(ask.here.app, "/v1/auth/login", {"email": EVE, "password": PASSWORD})


def broken(endpoint):
    @functools.wraps(endpoint.answers)
    def fails(_question, _desk):
        raise RuntimeError("the reason stays in the log")

    return msgspec.structs.replace(endpoint, answers=fails)


def test_every_status_described_is_answered(world, follower, postgres, redis_url, sandbox, monkeypatch):  # noqa: PLR0917
    documented = {
        (name, int(status))
        for name, one in described().items()
        for status in one["responses"]
        if int(status) != OF_THE_SERVER
    }
    with place(world, follower, postgres, redis_url, sandbox=sandbox) as here:
        seen = of(all_answers(here).items())
    with place(world, follower, postgres, redis_url, sandbox=sandbox) as here:
        ask = Asker(here, CALLERS[0])
        blocked(here)
        seen |= of((name, PROVOKED[status](ask, name)) for name, status in sorted(documented) if status in PROVOKED)
        seen |= of(disabled(ask))
        seen |= of(in_trouble(ask, postgres, monkeypatch))
    with place(world, follower, postgres, redis_url, tuple(map(broken, ENDPOINTS)), sandbox=sandbox) as here:
        ask = Asker(here, CALLERS[1])
        for method in ("answer", "revoke"):
            monkeypatch.setattr(Server, method, broken(ENDPOINTS[0]).answers)
        seen |= of((name, ask(name)) for name in ADDRESSES)
    assert documented <= seen, " ".join(map(str, sorted(documented - seen)))
