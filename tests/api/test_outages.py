"""Redis lost, Postgres lost, a broken snapshot: data still answers, and says so."""

import shutil
import time

import pytest

from api.accounts.service import Accounts
from api.accounts.tiers import seeded
from api.app import create_app
from api.follow import Follower
from api.store import open_engine
from tests.api.conftest import SECRET, Caller, deps
from tests.api.test_follow import copied
from tests.services import wait_for
from warehouse import snapshots
from warehouse.home import Home

POINT = "/v1/symbols/AAPL/at/latest"


@pytest.fixture
def own_home(world, tmp_path):
    """A copy of the world to spoil."""
    shutil.copytree(world.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


@pytest.mark.check(17)
def test_without_redis_data_answers_and_says_so(world, follower, accounts_url, valkey, keys):
    with deps(world, follower, accounts_url, valkey.unix_url) as told:
        ask = Caller(create_app(told), keys["premium"])
        assert "Cache-Status" not in ask(POINT).headers
        valkey.kill()
        for _ in range(5):
            answer = ask(POINT)
            assert answer.status_code == 200
            assert answer.headers["Cache-Status"] == "kalpi; fwd=bypass; detail=redis-unavailable"
            assert answer.headers["RateLimit-Policy"] == f'"degraded";q={seeded()[2].per_minute};w=60'
            assert "RateLimit" not in answer.headers
        ready = ask("/readyz")
        assert (ready.status_code, ready.json["status"], ready.json["redis"]) == (200, "degraded", "lost")
        valkey.start()
        wait_for(lambda: "RateLimit" in ask(POINT).headers)
        assert ask("/readyz").json["redis"] == "ok"


@pytest.mark.check(40)
def test_without_postgres_cached_keys_work_and_others_come_back_later(world, follower, postgres, redis_url):
    with postgres.database() as url, deps(world, follower, url, redis_url) as told:
        engine = open_engine(url)
        known, other = (Accounts(engine, SECRET).create_key(f"{name}@example.org", "pro").key for name in ("a", "b"))
        engine.dispose()
        app = create_app(told)
        ask = Caller(app, known)
        assert ask(POINT).status_code == 200
        told.keys._deadline = 1.0
        with postgres.frozen():
            started = time.monotonic()
            refused = Caller(app, other)(POINT)
            assert time.monotonic() - started < 3
            assert (refused.status_code, refused.json["type"]) == (503, "/problems/accounts-unavailable")
            assert int(refused.headers["Retry-After"]) >= 1
            assert ask(POINT).status_code == 200
            ready = ask("/readyz")
            assert (ready.status_code, ready.json["status"], ready.json["postgres"]) == (200, "degraded", "lost")
        wait_for(lambda: Caller(app, other)(POINT).status_code == 200)


@pytest.mark.check(3)
def test_a_broken_snapshot_is_refused_and_the_old_one_goes_on(own_home, accounts_url, redis_url, keys):
    follower = Follower(own_home)
    follower.look()
    good = follower.edition().id
    bad = copied(own_home, "20990101T000000Z-badbad")
    file = bad / "serving" / "daily.momentum.arrow"
    file.chmod(0o644)
    octets = bytearray(file.read_bytes())
    octets[len(octets) // 2] ^= 1
    file.write_bytes(octets)
    snapshots.point_current(own_home, bad.name)
    follower.look()
    assert follower.edition().id == good
    assert list(follower.refused) == [bad.name]
    with deps(own_home, follower, accounts_url, redis_url) as told:
        app = create_app(told)
        asked = Caller(app, keys["premium"])(POINT, query_string=f"snapshot={bad.name}")
        assert (asked.status_code, asked.json["type"]) == (404, "/problems/unknown-snapshot")
        ready = Caller(app, None)("/readyz").json
        assert (ready["status"], ready["snapshot"]) == ("degraded", good)
        assert "daily.momentum.arrow" in ready["refused"][bad.name]
        assert str(own_home.root) not in str(ready)
