"""Asks what the examples of /openapi.json ask, of an application with the sample and a database of its own."""

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec
from falcon import testing

from api import examples
from api.accounts.service import Accounts
from api.app import create_app
from api.audit.audit import Audit
from api.routes import ENDPOINTS
from api.store import open_engine
from api.tokens.claims import PATH as TOKEN
from api.tokens.claims import REVOKE_PATH as REVOKE
from tests.api.conftest import SECRET, deps
from tests.api.people import FORM, LOOPBACK, bearer, code_in, letters_to

EMAIL, PASSWORD, NEXT = "ada@example.org", "a staple, a battery", "a lamp, a bicycle"
ADDRESSES = {one.name: (one.method, one.path) for one in ENDPOINTS}
ADDRESSES |= {"tokens_token": ("POST", TOKEN), "tokens_revoke": ("POST", REVOKE)}

_TODAY = datetime.now(UTC).date()
_STAND_INS = (
    (r"\d{8}T\d{6}Z-[0-9a-f]{6}", "20261120T221504Z-9f3c21"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "0b9f6a52-5c1e-4d0b-9a57-3f6f4c1d2e10"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "2026-11-20T22:15:04Z"),
    (r'(?<="id": ")\w{12}(?=")|(?<="key": ")\w{12}(?=")|(?<=API key )\w{12}', "7k2M9x4Q1p0Z"),
    (r'(?<="bytes": )\d+', "614"),
    (str(_TODAY), "2026-11-20"),
    (str(_TODAY - timedelta(days=29)), "2026-10-22"),
    (r"kalpi_live_\w{12}_\w{38}", "kalpi_live_7k2M9x4Q1p0Z_..."),
    (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "eyJhbGciOiJFUzI1NiIs..."),
    (r"\b[0-9a-f]{32,64}\b", "5d41402abc4b2a76..."),
    (r"more in \d+ s", "more in 17 s"),
    (r"in [\d.]+ s", "in 17 s"),
    (r"at most (2 s|1024 MB of memory)", "at most 1024 MB of memory"),  # whichever ends a query first
)
_BY_NAME = {
    "next_cursor": "WyIyMDI2MTEyMFQyMjE1MDRaLTlmM2MyMSIsMjQ4LCI0ZjY4Il0",
    "last_four": "h8Xq",
    "refresh_token": "hIq0...",
    "kid": "20261120T221504000000Z",
    "x": "f83OJ3D2xF1B...",
    "y": "x_FEzRu9m36H...",
    "catalogue_version": "5d41402abc4b",
}
_LONGEST = 2
"""Items shown of a list of objects or of a long table, and of near names and the like six times as many."""


def stood_in(answer):
    """Return an answer as an example shows it."""
    text = json.dumps(answer)
    for pattern, stand_in in _STAND_INS:
        text = re.sub(pattern, stand_in, text)
    return _cut(json.loads(text))


def _cut(value, name=""):
    if isinstance(value, dict):
        if len(value) > 6 * _LONGEST and all(isinstance(inner, dict) for inner in value.values()):
            value = dict(list(value.items())[:_LONGEST])  # a table
        return {one: _cut(inner, one) for one, inner in value.items()}
    if isinstance(value, list):
        most = _LONGEST if value and isinstance(value[0], dict) else 6 * _LONGEST
        return [_cut(one) for one in value[:most]]
    return _BY_NAME.get(name, value) if isinstance(value, str) else value


class Place:
    """An application whose log is stored when it is told, and one to ask it."""

    def __init__(self, app, told, audit, key):
        self.app, self.told, self.key = app, told, key
        self.store = audit.writer.turn

    def ask(self, name, *, headers=None, path=None, **members):
        """Ask what the example of an operation asks, with some members of the body replaced."""
        example = examples.operations()[name]
        method, address = ADDRESSES[name]
        known = {} if address.startswith(("/v1/users", "/v1/auth")) or headers else {"X-API-Key": self.key}
        body = None if example.body is None else example.body | members
        if name.startswith("tokens_"):
            known, text = FORM, urlencode(body)
        else:
            text = None if body is None else json.dumps(body)
        return testing.simulate_request(
            self.app,
            method,
            address.format_map(example.path | (path or {})),
            params={one: str(value) for one, value in example.query.items()},
            body=text,
            headers=known | (headers or {}),
            **LOOPBACK,
        )


@contextmanager
def place(world, follower, postgres, redis_url, endpoints=ENDPOINTS, **options):
    with postgres.database() as url, deps(world, follower, url, redis_url, **options) as told:
        engine = open_engine(url)
        audit = Audit(engine, None)
        logged = msgspec.structs.replace(told, events=audit.events, requests=audit.requests)
        key = Accounts(engine, SECRET).create_key("you@example.org", "premium").key
        yield Place(create_app(logged, endpoints), logged, audit, key)
        audit.close()
        engine.dispose()


def all_answers(here):
    """Return the answer of every operation: of those that change something, in an order that works."""
    got = _of_an_account(here)
    for name in ADDRESSES:
        if name not in got and name not in {"usage_usage", "routes_describe"}:
            got[name] = here.ask(name)
    here.store()
    return got | {"usage_usage": here.ask("usage_usage")}


def _of_an_account(here):
    got = {}

    def ask(name, **rest):
        got[name] = here.ask(name, **rest)
        return got[name].json

    ask("users_register")
    ask("users_resend")
    ask("users_verify", code=code_in(letters_to(here.told, EMAIL)[0]))
    session = bearer(ask("login_login")["access_token"])
    key = ask("keys_create_key", headers=session)
    ask("tokens_token", client_id=key["id"], client_secret=key["key"])
    ask("keys_list_keys", headers=session)
    ask("keys_rename_key", headers=session, path={"id": key["id"]})
    ask("keys_revoke_key", headers=session, path={"id": key["id"]})
    ask("tokens_revoke", token=ask("login_change_password", headers=session)["refresh_token"])
    ask("users_forgot")
    ask("users_reset", code=code_in(letters_to(here.told, EMAIL, 4)[3]), password=PASSWORD)
    for end in ("account_disable", "account_delete"):
        if end == "account_delete":
            here.ask("users_register", email="bob@example.org")
        email = {"account_disable": EMAIL, "account_delete": "bob@example.org"}[end]
        ask(end, headers=bearer(here.ask("login_login", email=email).json["access_token"]))
    return got
