"""Whatever a tier's row forbids is refused with the rule's name and the least tier that passes, and acts at once."""

import json

import psycopg
import pytest

from api.accounts.service import Accounts
from api.accounts.tiers import Tier
from api.app import create_app
from api.store import open_engine
from tests.api.conftest import SECRET, Caller, deps
from tests.api.test_problems import checked

POINT = "/v1/symbols/AAPL/at/latest"
BATCH = json.dumps({"symbols": ["AAPL", "IBM"], "indicators": [{"id": "sma"}, {"id": "ema"}], "limit": 1})


@pytest.fixture
def tiers(postgres):
    """A database of the test's own, and a way to change its tiers."""
    with postgres.database() as url, psycopg.connect(url, autocommit=True) as connection:

        def change(tier, **columns):
            for column, value in columns.items():
                connection.execute(f"update tiers set {column} = %s where name = %s", (value, tier))

        change.url = url
        yield change


@pytest.fixture
def ask(world, follower, tiers, redis_url):
    engine = open_engine(tiers.url)
    key = Accounts(engine, SECRET).create_key("ada@example.org", "free").key
    engine.dispose()
    with deps(world, follower, tiers.url, redis_url) as told:
        told.keys._fresh = 0.0
        yield Caller(create_app(told), key)


REFUSED = [
    ("indicators", ["ema"], "/v1/symbols/AAPL/indicators/sma", "indicator-above-tier"),
    ("history_months", 1, "/v1/symbols/AAPL/bars?start=2013-01-31", "history-above-tier"),
    ("endpoints", ["bars", "series"], POINT, "route-above-tier"),
    ("formats", ["csv"], POINT, "format-above-tier"),
    ("formats", ["json", "csv"], "/v1/symbols/AAPL/bars?format=arrow", "format-above-tier"),
    ("batch_size", 3, "/v1/batch", "batch-above-tier"),
]


@pytest.mark.parametrize(("rule", "value", "path", "slug"), REFUSED)
def test_each_rule_refuses_with_its_name_and_the_least_tier(ask, tiers, rule, value, path, slug):  # noqa: PLR0917
    path, _, query = path.partition("?")
    asked = {"method": "POST", "body": BATCH} if path == "/v1/batch" else {"query_string": query}
    tiers("free", **{rule: None})
    assert ask(path, **asked).status_code == 200
    tiers("free", **{rule: value})
    members = checked(ask(path, **asked), slug)
    assert (members["rule"], members["tier"], members["least_tier"]) == (rule, "free", "pro")
    assert rule in Tier.__struct_fields__
    tiers("pro", **{rule: value})
    assert checked(ask(path, **asked), slug)["least_tier"] == "premium"
    tiers("premium", **{rule: value})
    assert checked(ask(path, **asked), slug)["least_tier"] is None


def test_what_costs_nothing_of_the_day_is_in_every_tier(ask, tiers):
    tiers("free", endpoints=[], formats=[])
    assert [ask(path).status_code for path in ("/v1/me", "/v1/indicators", "/v1/snapshots")] == [200] * 3
    checked(ask("/v1/symbols"), "route-above-tier")


def test_months_count_back_from_the_newest_data(ask, tiers):
    tiers("free", history_months=1)
    assert ask.json("/v1/me")["first_date"] == "2013-02-01"  # the sample ends on 2013-03-01
    assert ask("/v1/symbols/AAPL/bars", query_string="start=2013-02-01").status_code == 200
    checked(ask("/v1/symbols/AAPL/bars", query_string="start=2013-01-31"), "history-above-tier")


def test_me_tells_every_rule(ask):
    rules = set(Tier.__struct_fields__) - {"name", "rank"}
    assert rules < ask.json("/v1/me").keys()


def test_a_request_too_many_is_told_to_wait_and_none_is_left_behind(ask, tiers, monkeypatch):
    tiers("free", concurrent_requests=1)
    app = ask.app
    route = app._router.find(POINT)[0].on_get
    during = []
    answers = type(route)._answer

    def twice(self, *args):
        monkeypatch.undo()
        during.append(ask(POINT))
        answers(self, *args)

    monkeypatch.setattr(type(route), "_answer", twice)
    assert ask(POINT).status_code == 200
    members = checked(during[0], "too-many-at-once")
    assert members["allowed"] == "at most 1"
    assert during[0].headers["Retry-After"] == "1"
    for path in ("/v1/symbols/NONE", POINT, POINT):  # an error gives its place back as well
        assert ask(path).status_code in {200, 404}
