"""Who may have which route: the router's whole table against every kind of caller."""

import json
import re

import pytest

from api import examples
from api.access import KEYS_IN_QUERY
from api.accounts.scopes import ACCOUNT, KEYS, READ, SQL
from api.problems import BY_SLUG
from api.routes import ENDPOINTS
from api.tokens.claims import PATH as TOKEN_PATH
from api.tokens.claims import REVOKE_PATH
from tests.api.conftest import Caller
from tests.api.people import bearer, someone
from tests.api.test_problems import checked

PUBLIC, ANY = "public", "any credential"
PAGES = ("GET /", "GET /explore", "GET /docs", "GET /docs/{name:path}", "GET /web/{digest}/{name:path}")
"""What is shown to people, and no part of the API that the description tells of."""
POLICIES = {
    PUBLIC: {
        "POST /v1/users",
        *(f"POST /v1/auth/{name}" for name in ("login", "verify", "resend", "forgot", "reset", "token", "revoke")),
        *PAGES,
        *("GET /healthz", "GET /readyz", "GET /openapi.json", "GET /problems/{slug}"),
        *("GET /.well-known/jwks.json", "GET /.well-known/oauth-authorization-server"),
    },
    ANY: {"GET /v1/me"},
    READ: {
        *("GET /v1/indicators", "GET /v1/indicators/{id}", "GET /v1/symbols", "GET /v1/symbols/{symbol}"),
        *("GET /v1/symbols/{symbol}/bars", "GET /v1/at/{date}"),
        *("GET /v1/symbols/{symbol}/indicators/{id}", "GET /v1/symbols/{symbol}/at/{date}"),
        *("POST /v1/batch", "POST /v1/expressions", "POST /v1/screen"),
        *("GET /v1/snapshots", "GET /v1/snapshots/current", "GET /v1/usage"),
        "GET /compat/alphavantage/query",
        *(f"GET /compat/twelvedata/{name}" for name in ("time_series", "quote", "price", "eod", "{indicator}")),
        *(f"GET /compat/twelvedata/{name}" for name in ("symbol_search", "stocks", "technical_indicators")),
    },
    SQL: {"POST /v1/sql"},
    KEYS: {"GET /v1/keys", "POST /v1/keys", "PATCH /v1/keys/{id}", "DELETE /v1/keys/{id}"},
    ACCOUNT: {"POST /v1/auth/password", "POST /v1/me/disable", "POST /v1/me/delete"},
}
"""What a caller must have, by route. A new route stands here, or the first test fails."""
REFUSED = {"missing-key", "scope-missing", "invalid-token"}
PLACES = {
    "symbol": "AAPL",
    "id": "sma",
    "indicator": "rsi",
    "date": "latest",
    "slug": "no-bar",
    "name": "accounts",
    "digest": "0",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")
pytestmark = pytest.mark.check(28)


def routed(app):
    """Return method and path of every route that the router has, but for what Falcon answers itself."""
    found, nodes = set(), [(node, "") for node in app._router._roots]
    while nodes:
        node, parent = nodes.pop()
        path = f"{parent}/{node.raw_segment}"
        nodes += [(child, path) for child in node.children]
        if node.resource is not None:
            found |= {f"{name[3:].upper()} {path}" for name in dir(node.resource) if name.startswith("on_")}
    return found


def placed(path):
    """Return a path with its places filled in."""
    return re.sub(r"{(\w+)(:\w+)?}", lambda place: PLACES[place[1]], path)


def of(app, route, headers):
    """Ask a route with a body that has nothing in it; what it says is no refusal of the caller is fine."""
    method, _, path = route.partition(" ")
    body = None if method in {"GET", "HEAD", "DELETE"} else "{}"
    return Caller(app, None)(placed(path), method=method, headers=headers, body=body)


def slug_of(answer):
    if not answer.content or answer.headers["Content-Type"] != "application/problem+json":
        return None
    slug = answer.json["type"].rpartition("/")[2].rpartition("#")[2]
    checked(answer, slug)
    return slug


@pytest.fixture
def callers(app, accounts):
    """Everyone who may come: what they send, and what they are for. A session of somebody else comes, too."""

    def key(name, tier, scopes=(READ, SQL, KEYS)):
        return {"X-API-Key": accounts.create_key(f"{name}@policies.example", tier, scopes=frozenset(scopes)).key}

    return {
        "anonymous": ({}, None),
        "free": (key("free", "free"), {READ, SQL, KEYS}),
        "paid": (key("paid", "premium"), {READ, SQL, KEYS}),
        "made by an operator for reading": (key("reader", "premium", [READ]), {READ}),
        "made by an operator for keys": (key("keeper", "premium", [KEYS]), {KEYS}),
        "another user": (bearer(someone(app).tokens["access_token"]), {READ, SQL, KEYS, ACCOUNT}),
    }


def test_every_route_has_one_declared_policy_and_the_description_tells_the_same(app, anyone):
    declared = [route for routes in POLICIES.values() for route in routes]
    assert len(declared) == len(set(declared))
    found = routed(app)
    assert {route for route in found if not route.startswith("HEAD ")} == set(declared)
    assert {f"GET {route[5:]}" for route in found if route.startswith("HEAD ")} <= found
    scopes = {f"{one.method} {one.path}": PUBLIC if one.price is None else one.scope or ANY for one in ENDPOINTS}
    undescribed = {f"POST {TOKEN_PATH}", f"POST {REVOKE_PATH}", *PAGES}
    assert scopes | dict.fromkeys(undescribed, PUBLIC) == {
        route: policy for policy, routes in POLICIES.items() for route in routes
    }
    for path, operations in anyone.json("/openapi.json")["paths"].items():
        for method, operation in operations.items():
            policy = scopes.get(f"{method.upper()} {path}", PUBLIC)
            assert bool(operation["security"]) == (policy != PUBLIC), path


def test_the_whole_table(app, callers):
    for policy, routes in POLICIES.items():
        for route in routes:
            for name, (headers, scopes) in callers.items():
                slug = slug_of(of(app, route, headers))
                if policy == PUBLIC or (policy == ANY and scopes) or policy in (scopes or ()):
                    assert slug not in REFUSED, (route, name, slug)
                else:
                    assert slug == ("scope-missing" if scopes else "missing-key"), (route, name)


def test_head_is_refused_as_get_is(app, callers):
    for route in routed(app):
        if route.startswith("HEAD "):
            for headers, _ in callers.values():
                answers = [of(app, f"{method}{route[4:]}", headers) for method in ("HEAD", "GET")]
                assert answers[0].status_code == answers[1].status_code, route


def test_no_other_method_is_answered(app, premium):
    found = routed(app)
    for path in {route.partition(" ")[2] for route in found}:
        for method in METHODS:
            if f"{method} {path}" not in found:
                refused = of(app, f"{method} {path}", {"X-API-Key": premium.key})
                assert refused.status_code == 405, (method, path)
                assert slug_of(refused) == ("method-not-allowed" if method != "HEAD" else None)


def test_a_parameter_given_twice_is_refused_everywhere(app, premium):
    for one in ENDPOINTS:
        key = {"X-API-Key": premium.key} if one.price is not None else {}
        path = placed(one.path)
        if one.scope == ACCOUNT:
            continue
        if one.has_body:
            twice = Caller(app, None)(path, method=one.method, headers=key, body='{"label": "a", "label": "b"}')
        else:
            twice = Caller(app, None)(path, method=one.method, headers=key, query_string="symbol=A&symbol=B")
        assert twice.status_code == 400, one.path
        assert slug_of(twice) == "repeated-parameter"


def test_what_a_route_does_not_know_is_refused_everywhere(app):
    person = someone(app)
    for one in ENDPOINTS:
        key = {} if one.price is None else bearer(person.tokens["access_token"])
        path = placed(one.path)
        more = {"tier": "premium", "account": "x", "is_admin": True}
        if one.has_body:
            answer = Caller(app, None)(path, method=one.method, headers=key, body=json.dumps(more))
        else:
            known = examples.operations()[one.name].query if one.path.startswith("/compat/") else {}
            answer = Caller(app, None)(path, method=one.method, headers=key, params={**known, "tier": "premium"})
        assert answer.status_code == BY_SLUG["unknown-parameter"].status, one.path
        assert slug_of(answer) == "unknown-parameter"
    assert person("/v1/me").json["tier"] == "free"


def test_a_credential_in_the_address_is_refused_everywhere_and_first(app, premium):
    for one in ENDPOINTS:
        for name in KEYS_IN_QUERY:
            answer = Caller(app, None)(placed(one.path), method=one.method, query_string=f"{name}={premium.key}")
            checked(answer, "key-in-query")
            assert premium.key not in answer.text
