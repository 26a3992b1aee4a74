"""SQL over HTTP: the snapshot's rows for those who may have all of them, and problems for everything else."""

import hashlib
import json
import threading

import msgspec
import psycopg
import pytest

from api.app import create_app
from api.resources.sql import PRICE
from tests.api.conftest import Caller, deps, running, strict
from tests.api.test_metering import left
from tests.api.test_problems import checked
from tests.services import wait_for
from tests.warehouse.sandbox.bombs import FOREVER, HUGE
from tests.warehouse.sandbox.escapes import ESCAPES

PATH = "/v1/sql"
FALLING = ["AAPL", "FB", "MSFT", "IBM", "GOOG"]
QUERY = "select symbol, rsi_14 from daily.momentum where date = '2013-03-01' order by rsi_14"


def post(caller, query, *, query_string="", **rest):
    return caller(PATH, method="POST", body=json.dumps({"query": query, **rest}), query_string=query_string)


def test_the_rows_come_in_columns_with_what_they_are_of(premium, follower):
    answer = post(premium, QUERY)
    assert answer.status_code == 200, answer.text
    edition = follower.edition()
    body = strict(answer.content)
    assert body == {
        "snapshot": edition.id,
        "data_through": "2013-03-01",
        "rows": 5,
        "truncated": False,
        "types": {"symbol": "VARCHAR", "rsi_14": "DOUBLE"},
        "columns": {"symbol": FALLING, "rsi_14": sorted(body["columns"]["rsi_14"])},
    }
    for symbol, value in zip(*body["columns"].values(), strict=True):
        assert (
            premium.json(f"/v1/symbols/{symbol}/at/latest", query_string="columns=rsi_14")["values"]["rsi_14"] == value
        )


def test_the_snapshot_and_the_number_of_rows_may_be_chosen(premium, follower):
    answer = post(premium, QUERY, limit=2, snapshot=follower.edition().id).json
    assert (answer["rows"], answer["truncated"], answer["columns"]["symbol"]) == (2, True, FALLING[:2])
    checked(post(premium, QUERY, snapshot="20000101T000000Z-abcdef"), "unknown-snapshot")
    for limit in (0, 1001, "1"):
        checked(post(premium, QUERY, limit=limit), "parameter-out-of-bounds")


@pytest.mark.parametrize("query", ["", "select '" + "x" * 16_384 + "'", "select '" + "é" * 8_200 + "'"])
def test_a_query_has_its_length(premium, query):
    assert checked(post(premium, query), "parameter-out-of-bounds")["parameter"] == "query"


@pytest.mark.parametrize("tier", ["free", "pro"])
def test_it_is_for_tiers_that_have_everything(app, keys, tier):
    members = checked(post(Caller(app, keys[tier]), QUERY), "route-above-tier")
    assert (members["tier"], members["least_tier"], members["rule"]) == (tier, "premium", "indicators")


def test_it_is_for_the_scope(app, accounts):
    key = accounts.create_key("reader@example.org", "premium", scopes=frozenset({"read"})).key
    assert checked(post(Caller(app, key), QUERY), "scope-missing")["allowed"] == "sql"


def test_it_may_be_off(world, follower, accounts_url, redis_url, keys):
    with deps(world, follower, accounts_url, redis_url) as told:
        answer = post(Caller(create_app(told), keys["premium"]), QUERY)
    assert "KALPI_SQL" in checked(answer, "sql-off")["detail"]


@pytest.mark.check(36)
@pytest.mark.parametrize(
    "name", ["read_text", "a file for a table", "attach", "settings", "two statements", "set", "a NUL"]
)
def test_an_escape_is_a_problem(premium, name):
    query = ESCAPES[name].format(secret="/etc/passwd", target="/tmp")  # noqa: S108
    members = checked(post(premium, query), "sql-refused")
    assert members["parameter"] == "query"
    assert "passwd" not in json.dumps(members)


def test_a_mistake_is_told(premium):
    assert "syntax error" in checked(post(premium, "select rsi_14 frmo daily.momentum where"), "bad-sql")["detail"]
    assert checked(post(premium, "select * from daily.barz"), "sql-refused")["allowed"][0] == "daily.bars"


@pytest.mark.check(37)
def test_what_takes_too_much_is_ended(premium):
    assert "memory" in checked(post(premium, HUGE), "query-limit")["allowed"]


@pytest.mark.check(16)
def test_the_price_is_known_beforehand_and_mistakes_cost_nothing(app, told, keys, monkeypatch):
    principal = told.keys.principal(keys["premium"])
    limited = msgspec.structs.replace(principal, tier=msgspec.structs.replace(principal.tier, per_day=100))
    monkeypatch.setattr(told.keys, "principal", lambda _key: limited)
    caller = Caller(app, keys["premium"])
    assert post(caller, QUERY, query_string="dry_run=1").json["cost"] == {"minute": 1, "day": PRICE}
    assert left(post(caller, QUERY))["day"] == 100 - PRICE
    for query in ("no sql", "select * from daily.barz", HUGE):
        refused = post(caller, query)
        assert (refused.status_code, left(refused)["day"]) == (422, 100 - PRICE)


def test_a_third_query_at_once_is_not_waited_for(premium, app, keys, sandbox):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(post(Caller(app, keys["premium"]), FOREVER))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    wait_for(sandbox._free.empty)
    refused = post(premium, QUERY)
    assert checked(refused, "temporary-reduced-capacity")
    assert refused.headers["Retry-After"] == "1"
    assert premium("/v1/symbols/AAPL/at/latest").status_code == 200
    for thread in threads:
        thread.join()
    assert [checked(answer, "query-limit")["allowed"] for answer in answers] == ["at most 2 s"] * 2


class Kept:
    """Keeps the events that are recorded."""

    def __init__(self):
        self.told = []

    def record(self, kind, **told):
        self.told.append((kind, told))


def test_refused_queries_are_security_events_by_the_hash_of_their_text(premium, app):
    app._refusals._events = kept = Kept()
    query = ESCAPES["read_text"].format(secret="/etc/passwd")
    post(premium, query)
    post(premium, "select 1 as fine")
    post(premium, "no sql")
    ((kind, detail),) = kept.told
    assert (kind, detail["problem"]) == ("sql-refused", "sql-refused")
    assert detail["why"] == f"query {hashlib.sha256(query.encode()).hexdigest()[:16]}"
    assert query not in repr(detail)


@pytest.mark.check(24)
def test_a_server_answers_keeps_no_text_of_a_query_and_leaves_no_process(world, accounts_url, redis_url, keys):
    with running(world, accounts_url, redis_url, KALPI_SQL="1") as server:
        server.client.headers["X-API-Key"] = keys["premium"]
        answers = [
            server.client.post(PATH, json={"query": query})
            for query in (QUERY, "select 'canary' as c", "select canary", "select * from canary('canary')", "canary")
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 422, 422, 422]
        assert answers[0].json()["rows"] == 5
        (worker,) = server.workers
        (keeper,) = worker.children()
        assert keeper.is_running()
        assert server.stop() == 0
        wait_for(lambda: not keeper.is_running())
        kept = [server.log, *(path for path in server.spool.rglob("*") if path.is_file())]
        assert [path for path in kept if b"canary" in path.read_bytes()] == []
    with psycopg.connect(accounts_url) as connection:
        for table in ("requests", "security_events"):
            found = connection.execute(f"select t::text from {table} t").fetchall()
            assert any("sql-refused" in row for (row,) in found)
            assert not any("canary" in row for (row,) in found)
