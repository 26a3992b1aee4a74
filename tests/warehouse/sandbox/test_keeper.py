"""What becomes of queries that take too much, of their processes, and of those who ask."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.services import wait_for
from tests.warehouse.sandbox.bombs import FOREVER, HUGE
from tests.warehouse.sandbox.conftest import asking
from warehouse.home import Home
from warehouse.sandbox.messages import Exceeded, Missing, Rows
from warehouse.sandbox.pool import AllBusy, KeeperLost

pytestmark = pytest.mark.check(37)


def children(ask):
    return [child for process in ask.processes for child in psutil.Process(process.pid).children()]


@pytest.fixture
def under_way(ask):
    """A query that takes its whole time, asked from another thread; gives its child."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(FOREVER)))
    thread.start()
    wait_for(lambda: children(ask))
    (child,) = children(ask)
    yield child
    thread.join()
    assert answers == [Exceeded("time")]
    wait_for(lambda: not _lives(child))


def test_a_query_without_end_is_ended(ask, under_way):
    assert under_way.parent().pid == ask.processes[0].pid


def test_a_query_that_takes_too_much_memory_is_ended(ask):
    assert ask(HUGE) == Exceeded("memory")
    assert children(ask) == []
    assert isinstance(ask("select 1 as a"), Rows)


def test_every_query_has_a_process_of_its_own_that_is_gone_afterwards(ask):
    (keeper,) = ask.processes
    for _ in range(3):
        ask("select 1 as a")
        assert children(ask) == []
    assert keeper.poll() is None


def test_nothing_waits_for_a_keeper(ask, under_way):
    began = time.monotonic()
    with pytest.raises(AllBusy):
        ask("select 1 as a")
    assert time.monotonic() - began < 1
    assert under_way.is_running()


def test_a_child_holds_nothing_but_what_it_needs(ask, under_way):
    """Three ends of nowhere, the database for reading, and the pipe for its answer; no variable, no privilege."""
    wait_for(lambda: under_way.nice() == 19)
    wait_for(lambda: _of("Seccomp", under_way) == "2")
    links = [each.readlink() for each in Path(f"/proc/{under_way.pid}/fd").iterdir()]
    assert sorted(link.name.partition(":")[0] for link in links) == [
        *["null"] * 3,
        "pipe",
        "warehouse.duckdb",
    ]
    (opened,) = [each for each in under_way.open_files() if each.path.endswith(".duckdb")]
    assert opened.mode == "r"
    assert under_way.net_connections("all") == []
    assert _of("NoNewPrivs", under_way) == "1"
    assert set(psutil.Process(ask.processes[0].pid).environ()) <= {"PATH", "LC_CTYPE"}
    assert under_way.num_threads() == 1
    assert under_way.rlimit(psutil.RLIMIT_AS) == (2**30, 2**30)
    assert under_way.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
    assert under_way.rlimit(psutil.RLIMIT_NPROC) == (0, 0)
    assert under_way.rlimit(psutil.RLIMIT_CPU) == (3, 3)


def _of(name, process):
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))


def test_a_killed_keeper_takes_its_child_along_and_is_replaced(world):
    with asking(world) as ask:
        lost = []

        def wait():
            with pytest.raises(KeeperLost):
                ask(FOREVER)
            lost.append(True)

        thread = threading.Thread(target=wait)
        thread.start()
        wait_for(lambda: children(ask))
        (child,) = children(ask)
        ask.processes[0].send_signal(signal.SIGKILL)
        thread.join()
        wait_for(lambda: not child.is_running())
        assert lost
        assert isinstance(ask("select 1 as a"), Rows)
        ask.processes[0].send_signal(signal.SIGKILL)
        ask.processes[0].wait()
        assert isinstance(ask("select 1 as a"), Rows)


def test_a_frozen_keeper_is_replaced_in_time(world):
    with asking(world) as ask:
        ask("select 1 as a")
        frozen = ask.processes[0]
        frozen.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        assert ask("select 1 as a") == Exceeded("time")
        assert time.monotonic() - began < 4
        assert frozen.returncode == -signal.SIGKILL
        assert isinstance(ask("select 1 as a"), Rows)


def test_a_killed_worker_leaves_nothing(world):
    code = (
        "import sys, threading, time\n"
        "from tests.warehouse.sandbox.conftest import Asking\n"
        "from warehouse.home import Home\n"
        "from pathlib import Path\n"
        "from warehouse.sandbox.pool import Sandbox\n"
        "from tests.warehouse.sandbox.bombs import FOREVER\n"
        "ask = Asking(Home(Path(sys.argv[1])), Sandbox(Home(Path(sys.argv[1])), 1).start())\n"
        "ask('select 1 as a')\n"
        "print('ready', flush=True)\n"
        "ask(FOREVER)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", code, str(world.root)], stdout=subprocess.PIPE)
    assert worker.stdout.readline() == b"ready\n"
    wait_for(lambda: len(psutil.Process(worker.pid).children(recursive=True)) == 2)
    left = psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    worker.communicate()
    wait_for(lambda: not any(_lives(each) for each in left))


def _lives(process):
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def test_a_snapshot_that_is_gone_is_missing_and_another_is_read(world, tmp_path):
    shutil.copytree(world.snapshots, tmp_path / "snapshots", symlinks=True)
    other = "20990101T000000Z-aaaaaa"
    with asking(Home(tmp_path)) as ask:
        shutil.copytree(tmp_path / "snapshots" / ask.snapshot, tmp_path / "snapshots" / other)
        query = "select count(*) a from daily.bars"
        one = ask(query)
        assert ask.sandbox.ask(other, query) == one
        shutil.rmtree(tmp_path / "snapshots" / other)
        assert ask(query) == one
        assert ask.sandbox.ask(other, query) == Missing()
        assert ask(query) == one


def test_a_snapshot_is_closed_when_nobody_asks(world):
    with asking(world, module="tests.warehouse.sandbox.impatient") as ask:
        ask("select 1 as a")
        keeper = psutil.Process(ask.processes[0].pid)
        wait_for(lambda: not keeper.open_files())
        assert isinstance(ask("select 1 as a"), Rows)
