"""What Prometheus sees of a server of several workers."""

import os
import signal
import time

import httpx2
import psutil
import pytest

from api.audit.kinds import KINDS
from api.metrics import BY_NAME
from tests.api.load import ask
from tests.api.metrics.scrapes import names, samples, total
from tests.api.served.stage import ANYWHERE, POINT, ROUTE, staged
from tests.services import free_port, wait_for

WRONG = "/v1/symbols/NONE/at/latest"


def scrape(client):
    answer = client.get("/metrics", headers=ANYWHERE)
    assert answer.status_code == 200
    return answer.text


def answered(text, **labels):
    return total(text, "kalpi_requests_total", **labels)


@pytest.mark.check(42)
def test_all_workers_are_added_up_by_route_status_and_tier(served, accounts):
    before = scrape(served.client)
    key = {"X-API-Key": accounts.create_key("metrics@example.org", "pro").key, **ANYWHERE}
    ask(served.client, [(POINT, key)] * 300 + [(WRONG, key)] * 20 + [(POINT, ANYWHERE)] * 10)
    after = scrape(served.client)

    def more(name, **labels):
        return total(after, name, **labels) - total(before, name, **labels)

    assert more("kalpi_requests_total", route=ROUTE, status="200", tier="pro") == 300
    assert more("kalpi_requests_total", route=ROUTE, status="404", tier="pro") == 20
    assert more("kalpi_requests_total", route=ROUTE, status="401", tier="none") == 10
    assert more("kalpi_request_seconds_count", route=ROUTE) == 330
    assert more("kalpi_request_seconds_bucket", route=ROUTE, le="+Inf") == 330
    assert more("kalpi_problems_total", problem="unknown-symbol") == 20
    assert more("kalpi_problems_total", problem="missing-key") == 10
    assert more("kalpi_quota_units_total", tier="pro") == 300
    assert more("kalpi_postgres_seconds_count", use="request") >= 1


@pytest.mark.check(42)
def test_processes_data_and_dependencies_are_told(served):
    def told_right():
        text, resident = scrape(served.client), [worker.memory_info().rss for worker in served.workers]
        told = [total(text, f"kalpi_{name}") for name in ("workers", "memory_bytes", "worker_memory_bytes")]
        return told == pytest.approx([2, sum(resident), max(resident)], rel=0.1)

    wait_for(told_right, seconds=60)
    text = scrape(served.client)
    assert total(text, "kalpi_worker_threads") >= 4
    assert total(text, "kalpi_worker_open_files") >= 10
    assert total(text, "kalpi_cpu_seconds_total") > 1
    assert total(text, "kalpi_dependency_up", dependency="postgres") == 1
    assert total(text, "kalpi_dependency_up", dependency="redis") == 1
    assert total(text, "kalpi_snapshot_rows", table="daily.bars") == 12_154
    assert total(text, "kalpi_snapshot_data_through_timestamp_seconds") == 1_362_096_000  # 2013-03-01
    assert 0 <= time.time() - total(text, "kalpi_snapshot_published_timestamp_seconds") < 3600
    assert {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in names(text)} <= set(
        BY_NAME
    )


@pytest.mark.check(42)
def test_every_kind_of_event_is_there_before_the_first(served):
    text = scrape(served.client)
    assert {dict(labels)["kind"] for name, labels in samples(text) if name == "kalpi_security_events_total"} == {
        kind.name for kind in KINDS
    }
    before = total(text, "kalpi_security_events_total", kind="account-created")
    person = {"email": "counted@example.org", "password": "correct horse battery staple"}
    assert served.client.post("/v1/users", json=person).is_success
    assert total(scrape(served.client), "kalpi_security_events_total", kind="account-created") == before + 1


@pytest.mark.check(42)
def test_nothing_that_a_client_writes_makes_a_series(served, keys):
    key = {"X-API-Key": keys["premium"]}

    def series():
        return len(samples(scrape(served.client)))

    ask(served.client, [("/nowhere", key), (WRONG, key)] * 8)
    before = series()
    paths = [f"/x{n}" for n in range(200)] + [f"/v1/symbols/S{n}/at/latest" for n in range(200)]
    ask(served.client, [(path, {**key, "X-Request-Id": f"aaaaaaaa{n}"}) for n, path in enumerate(paths)])
    for n in range(20):
        served.client.request(f"METHOD{n}", POINT, headers=key)
    assert series() <= before + 25  # the one more status, with its histogram


@pytest.mark.check(42)
def test_it_is_shown_to_this_machine_alone(served):
    for forwarded in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        answer = served.client.get("/metrics", headers={forwarded: "192.0.2.1"})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert served.client.post("/metrics").status_code == 405


@pytest.mark.slow
@pytest.mark.check(42)
def test_with_a_listener_of_its_own_it_is_on_no_other(world, postgres, redis_url):
    port = free_port()
    with staged(world, postgres, redis_url, workers=1, KALPI_METRICS_BIND=f"127.0.0.1:{port}") as stage:
        there = f"http://127.0.0.1:{port}/metrics"
        assert "kalpi_workers 1.0" in httpx2.get(there, headers={"Host": f"localhost:{port}"}).text
        for host in (f"127.0.0.1:{port}", "x"):
            assert stage.client.get("/metrics", headers={"Host": host}).status_code == 404


@pytest.mark.slow
@pytest.mark.check(42)
def test_ten_thousand_requests_are_counted_exactly_over_recycling_and_a_kill(world, postgres, redis_url):
    told = {"GUNICORN_CMD_ARGS": "--max-requests 600 --max-requests-jitter 150"}
    seen, pids, answers = [], set(), []
    with staged(world, postgres, redis_url, **told) as stage:
        key = {"X-API-Key": stage.key("premium").key}
        for turn in range(8):
            answers += ask(stage.client, [(POINT, key | (ANYWHERE if n % 2 else {})) for n in range(1250)])
            pids.update(worker.pid for worker in stage.server.workers)
            if turn == 3:  # while nobody asks, so nothing is in flight
                victim = stage.server.workers[0].pid
                os.kill(victim, signal.SIGKILL)
                wait_for(lambda victim=victim: not psutil.pid_exists(victim))
            seen.append(answered(scrape(stage.client), route=ROUTE))
    assert len(pids) > 8
    assert seen == sorted(seen)
    assert seen[-1] == sum(answer.status == 200 for answer in answers) == 10_000
