"""What an operator or an owner changes acts in every worker within five seconds, whatever else is lost."""

import re
import time

import pytest

from api.accounts.keys import issue
from tests.api.load import ask
from tests.api.served.stage import ANYWHERE, POINT, Load, staged, statuses
from tests.services import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.check(23)]
WITHIN = 5.0
_POLICY = re.compile(r'"(?:minute|degraded)";q=(\d+)')


@pytest.fixture(params=["with Redis", "without Redis"])
def stage(world, postgres, valkey, request):
    tiers = {
        "free": {"per_minute": 100_000, "per_day": None, "concurrent_requests": None},
        "pro": {"per_minute": 100_000, "per_day": None, "concurrent_requests": None},
    }
    with staged(world, postgres, valkey.unix_url, tiers=tiers) as stage:
        if request.param == "without Redis":
            valkey.kill()
        yield stage


def last_by_worker(stage, answers):
    """Return when each worker was last asked what it then allowed, by the half of a row's id that is the worker's."""
    asked = {answer.name: answer.asked for answer in answers}
    wait_for(lambda: len(stage.rows("request_id = any(%(names)s)", names=list(asked))) == len(asked), seconds=30)
    last = {}
    for row in stage.rows("request_id = any(%(names)s)", names=list(asked)):
        worker = row["id"].hex[:16]
        last[worker] = max(last.get(worker, 0.0), asked[row["request_id"]])
    return last


def changed(stage, issued, change, still):
    """Ask while something is changed; return for each worker how long it allowed what it did before."""
    load = Load(stage, issued)
    time.sleep(2)
    change()
    done = time.time()
    time.sleep(WITHIN + 2)
    answers = load.stop()
    assert {answer.status for answer in answers} <= {200, 401, 403, 429}  # so many mistakes make an address wait
    late = [answer for answer in answers if answer.asked > done + WITHIN]
    assert late
    assert not any(map(still, late))
    last = last_by_worker(stage, [answer for answer in answers if still(answer)])
    assert len(last) == 4  # each of them was asked before, and none after
    assert max(last.values()) > done - 1
    return {worker: asked - done for worker, asked in last.items()}


def answered(answer):
    return answer.status == 200


def test_a_revoked_key(stage, record_property):
    issued = stage.key("free")
    after = changed(stage, issued, lambda: stage.accounts.revoke_key(issued.id), answered)
    record_property("last acceptance by worker, s", sorted(round(seconds, 2) for seconds in after.values()))
    assert max(after.values()) <= WITHIN


def test_a_disabled_account(stage, record_property):
    issued = stage.key("free")
    disable = "update accounts set disabled_at = now() where id = %(account)s"
    after = changed(stage, issued, lambda: stage.sql(disable, account=issued.account_id), answered)
    record_property("last acceptance by worker, s", sorted(round(seconds, 2) for seconds in after.values()))
    assert max(after.values()) <= WITHIN


def test_a_tier_that_allows_something_else(stage):
    issued = stage.key("free")

    def as_before(answer):
        return answered(answer) and int(_POLICY.search(answer.headers["ratelimit-policy"])[1]) == 100_000

    after = changed(stage, issued, lambda: stage.tier("free", per_minute=90_000), as_before)
    assert max(after.values()) <= WITHIN


def test_another_tier(stage):
    issued = stage.key("free")
    move = "update accounts set tier = 'pro' where id = %(account)s"
    rsi = "/v1/symbols/AAPL/indicators/rsi?limit=1"
    requests = [(rsi, {"X-API-Key": issued.key, **ANYWHERE})] * 200
    assert statuses(ask(stage.client, requests)) == {403: 200}
    stage.sql(move, account=issued.account_id)
    time.sleep(WITHIN)
    assert statuses(ask(stage.client, requests)) == {200: 200}


def test_with_postgres_frozen_a_stranger_is_told_to_come_back_and_never_let_in(stage, postgres):
    known, unknown, revoked = stage.key("free"), stage.key("free"), stage.key("free")
    stage.accounts.revoke_key(revoked.id)
    answers = stage.spread(known)
    assert statuses(answers) == {200: len(answers)}
    assert len(last_by_worker(stage, answers)) == 4
    with postgres.frozen():
        strangers = [(POINT, {"X-API-Key": key}) for key in (unknown.key, revoked.key, issue().text) for _ in range(20)]
        answers = ask(stage.client, strangers)
        assert statuses(answers) == {503: 60}
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers)
        assert statuses(stage.spread(known, 100)) == {200: 100}
    wait_for(lambda: statuses(stage.ask(unknown, 8)) == {200: 8}, seconds=10)
    assert statuses(stage.ask(revoked, 8)) == {401: 8}
