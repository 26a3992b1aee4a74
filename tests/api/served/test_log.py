"""The log has every answer once, however the server ends, and tells of what it lost."""

import signal
import threading
import time

import pytest

from tests.api.served.stage import POINT, ROUTE, Load, staged, statuses
from tests.services import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.check(43)]


@pytest.fixture
def stage(world, postgres, redis_url):
    with staged(world, postgres, redis_url) as stage:
        yield stage


def logged(stage):
    return [row["request_id"] for row in stage.rows("route = %(route)s", route=ROUTE)]


def complete(stage):
    """Wait until nothing waits to be stored any more."""
    wait_for(lambda: not any(_waits(path) for path in stage.server.spool.glob("requests-*")), seconds=30)


def _waits(path):
    try:
        octets = path.read_bytes()[:16]
    except FileNotFoundError:
        return False
    return octets[:8] != octets[8:] and int.from_bytes(octets[:8], "little") > 24


def test_five_thousand_answers_are_five_thousand_rows(stage):
    answers = stage.ask(stage.key("premium"), 5000)
    complete(stage)
    assert statuses(answers) == {200: 5000}
    assert sorted(logged(stage)) == [answer.name for answer in answers]
    (summed,) = stage.sql("select sum(requests) as requests, sum(units) as units, sum(bytes) as bytes from daily_usage")
    metered = [answer for answer in answers if "fwd=bypass" not in answer.headers.get("Cache-Status", "")]
    assert (summed["requests"], summed["units"]) == (5000, len(metered))  # a loaded Redis may miss its deadline
    assert len(metered) > 4900
    assert summed["bytes"] == sum(len(answer.body) for answer in answers)


@pytest.mark.check(39)
def test_told_to_end_it_finishes_what_it_began_and_the_log_is_complete(stage):
    load = Load(stage, stage.key("premium"), clients=16)
    time.sleep(2)
    assert stage.server.stop(seconds=40) == 0
    answers = load.stop()
    answered = [answer.name for answer in answers if answer.status]
    rows = logged(stage)
    assert len(answered) > 500
    assert sorted(rows) == answered  # no request was cut off either: all that was begun was answered
    assert list(stage.server.spool.iterdir()) == []


@pytest.mark.check(39)
def test_of_killed_workers_no_answer_is_missing(stage, record_property):
    load = Load(stage, stage.key("premium"), clients=16)
    for _ in range(5):
        time.sleep(1.5)
        workers = stage.server.workers
        workers[0].kill()
        wait_for(lambda killed=workers[:1]: stage.server.serves(4, besides=killed), 60)
    time.sleep(1)
    answers = load.stop()
    complete(stage)
    rows = logged(stage)
    answered = {answer.name for answer in answers if answer.status}
    unanswered = {answer.name for answer in answers if not answer.status}
    record_property("answers, and requests without one, of five kills", (len(answered), len(unanswered)))
    assert len(rows) == len(set(rows))
    assert answered <= set(rows)
    assert set(rows) - answered <= unanswered  # made, and killed on their way
    assert len(unanswered) < 5 * 100


def test_what_comes_while_postgres_is_frozen_is_there_afterwards(stage, postgres):
    issued = stage.key("premium")
    answers = stage.spread(issued)
    with postgres.frozen():
        answers += stage.ask(issued, 3000)
        time.sleep(3)
    complete(stage)
    assert statuses(answers) == {200: len(answers)}
    assert sorted(logged(stage)) == sorted(answer.name for answer in answers)


def test_a_server_killed_as_a_whole_leaves_what_the_next_one_stores(world, postgres, redis_url, tmp_path):
    told = {"KALPI_SPOOL": str(tmp_path / "spool")}
    with staged(world, postgres, redis_url, **told) as stage:
        issued = stage.key("premium")
        stage.spread(issued)
        with postgres.frozen():
            answers = stage.ask(issued, 1000)
            processes = [*stage.server.workers, stage.server.process]
            for one in processes:
                one.send_signal(signal.SIGKILL)
        assert statuses(answers) == {200: 1000}
        stage.server.process.wait()
        names = [answer.name for answer in answers]
        assert len(stage.rows("request_id = any(%(names)s)", names=names)) < 1000
        with staged(world, postgres, redis_url, url=stage.url, **told):
            wait_for(lambda: len(stage.rows("request_id = any(%(names)s)", names=names)) == 1000, seconds=20)


def test_many_at_once_write_whole_rows(stage):
    """Rows of different lengths from all threads of all workers, while segments follow each other."""
    issued = stage.key("premium")
    names = []

    def ask(path):
        names.extend(answer.name for answer in stage.ask(issued, 1500, path=path, clients=4))

    paths = (POINT, "/v1/me", "/v1/symbols/NONE", "/v1/symbols/AAPL/indicators/sma?limit=1")
    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    complete(stage)
    rows = stage.rows("request_id = any(%(names)s)", names=names)
    assert sorted(row["request_id"] for row in rows) == sorted(names)
    assert stage.sql("select 1 from security_events") == []
