"""Every answered request is in the log once, with what became of it."""

import itertools
import json

import psycopg
import pytest
from psycopg.rows import dict_row

from api.accounts.keys import issue
from api.accounts.service import Accounts
from api.store import open_engine
from tests.api.conftest import SECRET
from tests.services import wait_for

POINT = "/v1/symbols/AAPL/at/latest"
ROUTE = "/v1/symbols/{symbol}/at/{date}"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BATCH = json.dumps({"symbols": ["AAPL", "NONE", "IBM"], "indicators": [{"id": "sma"}, {"id": "ema"}]})


class Log:
    """The rows of a database, and keys for it."""

    def __init__(self, url):
        self.url = url
        engine = open_engine(url)
        accounts = Accounts(engine, SECRET)
        self.keys = {tier: accounts.create_key(f"{tier}@log.example", tier) for tier in ("free", "pro", "premium")}
        engine.dispose()

    def rows(self, where="true", **values):
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(f"select * from requests where {where}", values).fetchall()

    def row(self, name):
        wait_for(lambda: self.rows("request_id = %(name)s", name=name))
        (found,) = self.rows("request_id = %(name)s", name=name)
        return found


@pytest.fixture(scope="module")
def log(accounts_url):
    return Log(accounts_url)


NAMES = (f"of-the-test-{number:04}" for number in itertools.count())
# method, path, tier of the key, other headers, what the row has
ASKED = [
    ("GET", POINT, "free", {}, {"route": ROUTE, "status": 200, "units": 1, "limiter": "allowed", "problem": None}),
    ("HEAD", POINT, "free", {}, {"method": "HEAD", "status": 200, "units": 1, "bytes": 0}),
    ("GET", POINT, "premium", {}, {"status": 200, "units": 1, "tier": "premium"}),
    ("GET", "/v1/me", "premium", {}, {"route": "/v1/me", "units": 0, "snapshot": None, "limiter": "allowed"}),
    ("POST", "/v1/batch", "free", {}, {"route": "/v1/batch", "status": 200, "units": 4}),
    ("GET", f"{POINT}?dry_run=1", "free", {}, {"status": 200, "units": 0, "limiter": None}),
    ("GET", "/v1/symbols/NONE", "free", {}, {"status": 404, "units": 0, "problem": "unknown-symbol"}),
    ("GET", "/v1/symbols/AAPL/indicators/rsi", "free", {}, {"status": 403, "problem": "indicator-above-tier"}),
    ("GET", "/nowhere/at/all", "free", {}, {"route": None, "status": 404, "problem": "not-found", "tier": None}),
    ("DELETE", "/v1/me", "free", {}, {"route": "/v1/me", "status": 405, "problem": "method-not-allowed"}),
    ("OPTIONS", POINT, None, {}, {"method": "OPTIONS", "status": 200, "units": 0, "limiter": None}),
    ("BREW", POINT, None, {}, {"method": "other", "status": 400, "problem": "bad-request"}),
    ("WEBSOCKET", POINT, None, {}, {"method": "other", "status": 400, "problem": "bad-request"}),
    ("GET", POINT, None, {}, {"status": 401, "problem": "missing-key", "account_id": None, "key_id": None}),
    ("GET", f"{POINT}?api_key=x", "free", {}, {"status": 400, "problem": "key-in-query", "account_id": None}),
    ("GET", "/healthz", None, {}, {"route": "/healthz", "status": 200}),
    ("GET", "/problems/no-bar", None, {}, {"route": "/problems/{slug}", "status": 200}),
    ("POST", "/v1/auth/token", None, {}, {"route": "/v1/auth/token", "status": 400}),
    ("GET", POINT, "pro", {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, {"trace_id": TRACE}),
    ("GET", POINT, "pro", {"traceparent": "nonsense\\"}, {"trace_id": None}),
]


@pytest.mark.parametrize(("method", "path", "tier", "headers", "expected"), ASKED)
@pytest.mark.check(43)
def test_a_request_has_its_row(served, log, method, path, tier, headers, expected):  # noqa: PLR0917
    name = next(NAMES)
    known = {"X-API-Key": log.keys[tier].key} if tier else {}
    body = BATCH if path == "/v1/batch" else None
    asked = {**known, **headers, "X-Request-Id": name}
    answer = served.client.request(method, path, content=body, headers=asked)
    row = log.row(name)
    assert {field: row[field] for field in expected} == expected
    assert row["status"] == answer.status_code
    assert row["bytes"] == answer.num_bytes_downloaded  # as sent: compressed
    assert str(row["client"]) == "127.0.0.1"
    assert 0 < row["ms"] < 10_000
    if row["account_id"]:
        assert (row["account_id"], row["key_id"]) == (log.keys[tier].account_id, log.keys[tier].id)
    if answer.status_code == 200 and path == POINT and method == "GET":
        assert row["snapshot"] == answer.json()["snapshot"]


def test_a_repeat_and_a_refusal_are_told(served, log):
    key = {"X-API-Key": log.keys["premium"].key}
    tag = served.client.get(POINT, headers=key).headers["ETag"]
    name = next(NAMES)
    again = served.client.get(POINT, headers={**key, "If-None-Match": tag, "X-Request-Id": name})
    row = log.row(name)
    assert again.status_code == row["status"] == 304
    assert (row["cache"], row["units"], row["bytes"]) == ("revalidated", 0, 0)
    log_in = {"X-API-Key": log.keys["free"].key}
    while served.client.get("/v1/me", headers={**log_in, "X-Request-Id": (name := next(NAMES))}).status_code == 200:
        pass
    row = log.row(name)
    assert (row["status"], row["limiter"], row["units"]) == (429, "minute", 0)
    assert row["tier"] == "free"


@pytest.mark.parametrize("sent", ["short", "a\tb-and-more", "a\\nb-and-more", "x" * 65, "name;drop-table"])
@pytest.mark.check(43)
def test_a_name_that_could_forge_a_row_is_replaced(served, log, sent):
    path = f"/v1/symbols/{next(NAMES)}"
    answer = served.client.get(path, headers={"X-Request-Id": sent, "X-API-Key": issue().text})
    assert answer.headers["X-Request-Id"] != sent
    assert log.row(answer.headers["X-Request-Id"])["status"] == answer.status_code


@pytest.mark.check(43)
def test_in_rows_no_field_is_longer_than_what_we_wrote(served, log):
    name = next(NAMES)
    headers = {"X-Request-Id": name, "User-Agent": "x\ty", "X-Forwarded-For": "1.2.3.4\t5"}
    served.client.get(f"/v1/symbols/a%09b%0Ac%5C/bars?x=%09{'y' * 1000}", headers=headers)
    row = log.row(name)
    assert row["route"] == "/v1/symbols/{symbol}/bars"
    assert str(row["client"]) == "127.0.0.1"
