"""One answer of every problem type, each from a request that deserves it."""

import json
from contextlib import contextmanager

import falcon
import psycopg
import redis
from falcon import testing

from api.accounts.keys import issue
from api.endpoint import Endpoint
from api.follow import Follower
from api.gate.rules import OPEN
from api.questions import MAX_BODY, Nothing
from api.resources.system import Health
from api.routes import ENDPOINTS
from tests.api.conftest import TIERS, Caller
from tests.api.illustrations import EMAIL, PASSWORD, place
from tests.api.people import bearer, post
from tests.api.test_problems import ASKED
from tests.warehouse.sandbox.bombs import HUGE
from warehouse.home import Home

POINT = "/v1/symbols/AAPL/at/latest"
ELSEWHERE = "203.0.113.1"


def _broken(_question, _desk):
    raise RuntimeError("the reason stays in the log")


def _misread(_question, _desk):
    raise falcon.HTTPInvalidHeader("it must be a number", "Content-Length")


BROKEN = (
    Endpoint("GET", "/v1/broken", _broken, Nothing, Health, 1, (), "Broken"),
    Endpoint("GET", "/v1/misread", _misread, Nothing, Health, 1, (), "Misread"),
)


def all_refusals(world, follower, postgres, redis_url, sandbox, folder):  # noqa: PLR0917
    """Return an answer for each slug."""
    told = {}
    with place(world, follower, postgres, redis_url, (*BROKEN, *ENDPOINTS), sandbox=sandbox) as here:
        told |= _of_questions(here) | _of_tiers(here) | _of_keys(here) | _of_people(here) | _of_trouble(here, postgres)
    with place(world, follower, postgres, redis_url, verified_only=True) as here:
        post(here.app, "/v1/users", {"email": EMAIL, "password": PASSWORD})
        session = post(here.app, "/v1/auth/login", {"email": EMAIL, "password": PASSWORD}).json
        told["sql-off"] = _select(here, "select 1")
        told["email-unverified"] = _get(here, "/v1/symbols", headers=bearer(session["access_token"]))
    with place(Home(folder), Follower(Home(folder)), postgres, redis_url) as here:
        told["no-snapshot"] = Caller(here.app, here.key)(POINT)
    return told


def _get(here, path, **rest):
    return testing.simulate_get(here.app, path, **rest)


def _select(here, query):
    return Caller(here.app, here.key)("/v1/sql", method="POST", body=json.dumps({"query": query}))


def _of_questions(here):
    office = here.told.office.keys
    keys = {tier: office.create_key(f"{tier}@example.org", tier).key for tier in TIERS} | {None: None}
    told = {}
    for slug, tier, path, _ in ASKED:
        if slug not in told:
            address, _, query = path.partition("?")
            told[slug] = Caller(here.app, keys[tier])(address, query_string=query)

    def ask(path, *, body=None, **rest):
        text = json.dumps(body) if isinstance(body, dict) else body
        return Caller(here.app, here.key)(path, body=text, **{"method": "GET" if body is None else "POST"} | rest)

    slow = {"symbols": ["AAPL", "IBM", "MSFT"] * 16, "indicators": [{"id": "cci", "params": {"period": "1901:1920:1"}}]}
    many = " and ".join(f"hurst(close, {period}) > 0" for period in range(1900, 1916))
    return told | {
        "not-json": ask("/v1/batch", body='{"symbols":'),
        "body-too-large": ask("/v1/batch", headers={"Content-Length": str(MAX_BODY + 1)}, method="POST"),
        "method-not-allowed": ask("/v1/me", method="DELETE"),
        "bad-request": ask("/v1/misread"),
        "internal": ask("/v1/broken"),
        "bad-sql": _select(here, "select rsi_14 frmo daily.momentum"),
        "sql-refused": _select(here, "select * from daily.momentums"),
        "query-limit": _select(here, HUGE),
        "bad-expression": ask("/v1/screen", body={"where": "rsi_14 <"}),
        "not-acceptable": ask("/v1/symbols/AAPL/bars", headers={"Accept": "image/png"}),
        "batch-too-costly": ask("/v1/batch", body=slow),
        "expression-too-costly": ask("/v1/screen", body={"where": many, "at": {"start": "2000-03-01"}}),
    }


def _of_tiers(here):
    free = here.told.office.keys.create_key("free@example.org", "free")
    ask = Caller(here.app, free.key)
    batch = {"symbols": ["AAPL", "IBM", "MSFT"], "indicators": [{"id": "sma"}] * 17}
    told = {"batch-above-tier": ask("/v1/batch", method="POST", body=json.dumps(batch))}
    for rule, value, slug in (("endpoints", ["bars"], "route"), ("formats", ["csv"], "format")):
        with _changed(here, "tiers", rule, value, "name = 'free'"):
            told[f"{slug}-above-tier"] = ask(POINT)
    account = here.told.keys.principal(free.key)
    for _ in range(account.tier.concurrent_requests):
        here.told.running.enter(account.account_id, account.tier.concurrent_requests)
    told["too-many-at-once"] = ask(POINT)
    for _ in range(account.tier.concurrent_requests):
        here.told.running.leave(account.account_id)
    here.told.quotas.take(account.account_id, account.tier, account.tier.per_day)
    return told | {"quota-exceeded": ask(POINT)}


def _of_keys(here):
    office = here.told.office.keys
    revoked, expired, disabled = (
        office.create_key(f"{name}@example.org", "pro") for name in ("revoked", "expired", "disabled")
    )
    office.revoke_key(revoked.id)
    asked = {"revoked-key": revoked.key, "unknown-key": issue().text, "malformed-key": here.key[:-1] + "-"}
    told = {slug: Caller(here.app, key)(POINT) for slug, key in asked.items()}
    with _changed(here, "api_keys", "expires_at", "2020-01-01", f"id = '{expired.id}'"):
        told["expired-key"] = Caller(here.app, expired.key)(POINT)
    with _changed(here, "accounts", "disabled_at", "2020-01-01", "email = 'disabled@example.org'"):
        told["account-disabled"] = Caller(here.app, disabled.key)(POINT)
    none = bearer("eyJhbGciOiJFUzI1NiIs")
    return told | {
        "invalid-token": _get(here, POINT, headers=none),
        "two-credentials": _get(here, POINT, headers={**none, "X-API-Key": here.key}),
    }


def _of_people(here):
    who = {"email": EMAIL, "password": PASSWORD}
    post(here.app, "/v1/users", who)
    session = bearer(post(here.app, "/v1/auth/login", who).json["access_token"])
    made = [post(here.app, "/v1/keys", {"scopes": ["read"]}, headers=session) for _ in range(3)]
    return {
        "wrong-password": post(here.app, "/v1/auth/login", who | {"password": "a staple, a batter"}),
        "bad-code": post(here.app, "/v1/auth/verify", {"code": "of another mail"}),
        "unknown-key-id": testing.simulate_delete(here.app, "/v1/keys/7k2M9x4Q1p0Z", headers=session),
        "too-many-keys": made[2],
        "scope-missing": _get(here, "/v1/keys", headers={"X-API-Key": made[0].json["key"]}),
    }


def _of_trouble(here, postgres):
    told = {}
    with redis.Redis.from_url(here.told.settings.redis_url, decode_responses=True) as client:
        now, _ = client.time()
        client.hset(f"kalpi:gate:{{{ELSEWHERE}}}", mapping={f"{OPEN.name}:count": 0, "blocked": (now + 900) * 1000})
    told["abnormal-usage-detected"] = _get(here, "/openapi.json", remote_addr=ELSEWHERE)
    here.told.keys._deadline = 0.2
    with postgres.frozen():
        told["accounts-unavailable"] = Caller(here.app, issue().text)(POINT)
    here.told.gate._breaker._open = True
    told["temporary-reduced-capacity"] = post(here.app, "/v1/auth/login", {"email": EMAIL, "password": PASSWORD})
    return told


@contextmanager
def _changed(here, table, column, value, where):
    """Change a row for a time; the application hears of it at once."""

    def put(content):
        here.told.keys._fresh = 0.0
        with psycopg.connect(here.told.settings.database_url, autocommit=True) as connection:
            connection.execute(f"update {table} set {column} = %s where {where}", (content,))

    put(value)
    yield
    put(None)
