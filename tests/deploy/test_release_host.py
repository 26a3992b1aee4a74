"""Nobody who asks notices a reload, a recycled worker, or another version that takes the first one's place."""

import os
import signal
import sys
from contextlib import suppress

import psutil
import pytest

from deploy.release.checks import NotFit
from deploy.release.host import COLOURS, Master, release
from tests.api.conftest import SECRET
from tests.api.served.stage import staged
from tests.deploy.conftest import BOUNDLESS
from tests.deploy.paced import Paced
from tests.services import free_port, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.check(38),
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),  # masters stay, as they are to
]
POINT = "/v1/symbols/AAPL/at/latest?columns=close"


@pytest.fixture
def told(world, boundless, shared_valkey, tmp_path):
    url, _ = boundless
    return {
        **os.environ,
        "KALPI_HOME": str(world.root),
        "KALPI_SPOOL": str(tmp_path / "spool"),
        "KALPI_SECRET": SECRET.making().octets.decode(),
        "KALPI_WORKERS": "2",
        "DATABASE_URL": url,
        "REDIS_URL": shared_valkey.unix_url,
    }


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    for colour in COLOURS:
        pid = Master(colour, 0, tmp_path).pid
        if pid:
            process = psutil.Process(pid)
            process.terminate()
            process.wait(60)
        log = tmp_path / f"{colour}.log"
        print(log.read_text() if log.exists() else "")  # noqa: T201 - pytest shows it when the test fails


def test_another_version_takes_over_under_load(folder, told, boundless, record_property):
    port, (_, key) = free_port(), boundless
    first = release(folder, port, python=sys.executable, environment=told, key=key)
    with Paced(f"http://127.0.0.1:{port}{POINT}", {"X-API-Key": key}) as paced:
        wait_for(lambda: len(paced.told) > 100, seconds=60)
        colours = [first]
        for _ in range(2):  # there, and back again
            colours.append(release(folder, port, python=sys.executable, environment=told, key=key))
            asked = len(paced.told)
            wait_for(lambda: len(paced.told) > asked + 100, seconds=60)  # noqa: B023 - asked at once
    record_property("requests over two switches, asked again", (len(paced.told), sum(one.again for one in paced.told)))
    record_property("slowest, ms; Postgres too slow", (round(paced.slowest * 1e3), len(paced.busy)))
    assert paced.failed == []
    assert len(paced.busy) < len(paced.told) / 50
    assert colours == ["blue", "green", "blue"]
    assert Master("green", 0, folder).pid is None


def test_a_version_that_is_not_fit_takes_nothing_over(folder, told, boundless, tmp_path):
    port, (_, key) = free_port(), boundless
    release(folder, port, python=sys.executable, environment=told, key=key)
    before = Master("blue", 0, folder).pid
    empty = {**told, "KALPI_HOME": str(tmp_path / "empty"), "KALPI_SPOOL": str(tmp_path / "other")}
    broken = {**told, "DATABASE_URL": "sqlite://"}
    with Paced(f"http://127.0.0.1:{port}{POINT}", {"X-API-Key": key}, rate=30) as paced:
        with pytest.raises(NotFit, match="not ready within"):
            release_soon(folder, port, empty, key, seconds=15)
        with pytest.raises(NotFit, match="has ended"):
            release_soon(folder, port, broken, key, seconds=90)
    assert paced.failed == []
    assert len(paced.busy) < len(paced.told) / 50
    assert Master("blue", 0, folder).pid == before
    assert Master("green", 0, folder).pid is None


def release_soon(folder, port, environment, key, seconds):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deploy.release.host.READY_SECONDS", seconds)
        release(folder, port, python=sys.executable, environment=environment, key=key)


def test_ten_reloads_and_recycled_workers_fail_no_request(world, postgres, redis_url, record_property):
    recycling = "--max-requests 150 --max-requests-jitter 50"
    with staged(
        world, postgres, redis_url, workers=2, tiers={"premium": BOUNDLESS}, GUNICORN_CMD_ARGS=recycling
    ) as stage:
        key, master = stage.key("premium").key, psutil.Process(stage.server.process.pid)
        seen = workers(master)
        with Paced(f"{str(stage.client.base_url).rstrip('/')}{POINT}", {"X-API-Key": key}) as paced:
            for _ in range(10):
                before = workers(master)
                master.send_signal(signal.SIGHUP)
                wait_for(lambda: replaced(master, before), seconds=300)  # noqa: B023 - asked at once
                seen |= workers(master)
            asked = len(paced.told)
            wait_for(lambda: len(paced.told) > asked + 600, seconds=300)
            seen |= workers(master)
    record_property(
        "requests, workers, asked again", (len(paced.told), len(seen), sum(one.again for one in paced.told))
    )
    assert paced.failed == []
    assert len(paced.busy) < len(paced.told) / 50
    assert len(seen) > 2 * 11  # more than the reloads alone made


def replaced(master, before):
    now = workers(master)
    return len(now - before) >= 2 and not now & before


def workers(master):
    """Give the living ones; each may end at any time."""
    with suppress(psutil.NoSuchProcess):
        return {child.pid for child in master.children() if child.status() != psutil.STATUS_ZOMBIE}
    return set()
