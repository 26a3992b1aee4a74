from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from api.accounts.service import Accounts
from api.accounts.tiers import seeded
from api.app import create_app
from api.audit.audit import Audit
from api.store import open_engine
from tests.api.conftest import SECRET, Caller, deps
from tests.api.test_problems import checked

POINT = "/v1/symbols/AAPL/at/latest"
ROUTE = "/v1/symbols/{symbol}/at/{date}"
TODAY = datetime.now(UTC).date()
FREE = seeded()[0]


class Place:
    """An application with a database of its own, whose log is stored when it is told."""

    def __init__(self, app, audit, accounts, url):
        self.app, self.store, self.url = app, audit.writer.turn, url
        self.issue = accounts.create_key

    def ask(self, issued):
        return Caller(self.app, issued.key)

    def before(self, issued, **counted):
        """Put use of earlier days into the history."""
        row = {"account_id": issued.account_id, "key_id": issued.id, "requests": 1, "units": 1, "errors": 0, "bytes": 9}
        row |= {"route": ROUTE, **counted}
        with psycopg.connect(self.url) as connection:
            names = ", ".join(f"%({name})s" for name in row)
            connection.execute(f"insert into daily_usage ({', '.join(row)}) values ({names})", row)


@pytest.fixture
def place(world, follower, postgres, redis_url):
    with postgres.database() as url, deps(world, follower, url, redis_url) as told:
        engine = open_engine(url)
        audit = Audit(engine, None)
        logged = msgspec.structs.replace(told, events=audit.events, requests=audit.requests)
        yield Place(create_app(logged), audit, Accounts(engine, SECRET), url)
        audit.close()
        engine.dispose()


def told(item):
    return item["date"], item["route"], item["key"], item["requests"], item["units"], item["errors"]


@pytest.mark.check(28)
def test_what_was_asked_is_told_by_day_route_and_key(place):
    first, second, other = (
        place.issue("ada@example.org"),
        place.issue("ada@example.org"),
        place.issue("bob@example.org"),
    )
    ask = place.ask(first)
    tag = ask(POINT).headers["ETag"]
    ask(POINT, headers={"If-None-Match": tag})
    ask(POINT, query_string="columns=none")
    place.ask(second)(POINT)
    place.ask(other)("/v1/me")
    assert place.store()
    answer = ask.json("/v1/usage")
    expected = sorted(
        [(str(TODAY), ROUTE, first.id, 3, 1, 1), (str(TODAY), ROUTE, second.id, 1, 1, 0)], key=lambda one: one[2]
    )
    assert [told(item) for item in answer["items"]] == expected
    assert sum(item["bytes"] for item in answer["items"]) > 300
    assert (answer["account"], answer["next_cursor"]) == (str(first.account_id), None)
    assert (answer["start"], answer["end"]) == (str(TODAY - timedelta(days=29)), str(TODAY))
    assert answer["today"] == {"date": str(TODAY), "used": 2, "quota": FREE.per_day}
    assert place.store()
    assert [item["route"] for item in ask.json("/v1/usage")["items"] if item["key"] == first.id] == [ROUTE, "/v1/usage"]
    (bobs,) = place.ask(other).json("/v1/usage")["items"]
    assert told(bobs) == (str(TODAY), "/v1/me", other.id, 1, 0, 0)


def test_the_history_adds_up_to_what_the_quota_counted(place):
    ask = place.ask(place.issue("ada@example.org"))
    for number in range(30):
        ask(POINT if number % 3 else "/v1/symbols/NONE")
    assert ask.json("/v1/usage")["items"] == []  # Redis is ahead of what is stored
    assert place.store()
    answer = ask.json("/v1/usage")
    assert sum(item["units"] for item in answer["items"]) == answer["today"]["used"] == 20


def test_days_are_asked_for_and_pages_follow_each_other(place):
    issued = place.issue("ada@example.org")
    ask = place.ask(issued)
    days = [TODAY - timedelta(days=back) for back in (40, 31, 30, 3, 2, 1)]
    for day in days:
        for route in ("/v1/a", "/v1/b"):
            place.before(issued, day=day, route=route, units=7)
    assert {item["date"] for item in ask.json("/v1/usage")["items"]} == {str(day) for day in days[3:]}
    assert {item["date"] for item in ask.json("/v1/usage", query_string=f"end={days[1]}")["items"]} == {
        str(day) for day in days[:2]
    }
    query = f"start={days[1]}&end={days[4]}&limit=3"
    seen, cursor = [], ""
    while cursor is not None:
        page = ask.json("/v1/usage", query_string=query + (cursor and f"&cursor={cursor}"))
        assert len(page["items"]) <= 3
        seen += [(item["date"], item["route"]) for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [(str(day), route) for day in days[1:5] for route in ("/v1/a", "/v1/b")]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("start=2026-02-01&end=2026-01-31", "start-after-end"),
        ("start=yesterday", "bad-date"),
        ("limit=0", "parameter-out-of-bounds"),
        ("cursor=nonsense", "bad-cursor"),
        ("account=6f1c9f4e-32b1-4a5f-8d0e-0c6a3d0f7b11", "unknown-parameter"),
    ],
)
def test_a_bad_question_gets_its_problem(free, query, slug):
    checked(free("/v1/usage", query_string=query), slug)


def test_who_has_no_daily_quota_is_told_none(premium):
    assert premium.json("/v1/usage")["today"] == {"date": str(TODAY), "used": None, "quota": None}


def test_without_postgres_it_comes_back_later_and_nobody_waits_twice(place, postgres):
    ask = place.ask(place.issue("ada@example.org"))
    assert ask("/v1/usage").status_code == 200
    with postgres.frozen():
        for _ in range(3):
            refused = ask("/v1/usage")
            checked(refused, "accounts-unavailable")
            assert refused.headers["Retry-After"] == "1"
        assert ask(POINT).status_code == 200


def test_it_is_found_by_an_index_among_many(place):
    issued = place.issue("ada@example.org")
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(
            "insert into daily_usage select gen_random_uuid(), day, 'abcdefghijkl', '/v1/me', 1, 1, 0, 1 "
            "from generate_series(1, 500) as one, generate_series(current_date - 99, current_date, '1 day') as day"
        )
        connection.execute("analyze daily_usage")
        plan = connection.execute(
            "explain select * from daily_usage "
            "where account_id = %s and day between current_date - 29 and current_date "
            "order by day, key_id, route limit 1001",
            (issued.account_id,),
        ).fetchall()
    assert "pk_daily_usage" in str(plan)
    assert "Seq Scan" not in str(plan)
