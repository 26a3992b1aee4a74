import os
import signal
import threading
import time

import pytest

from kalpi import supervisor as module
from kalpi.errors import ChildFailed
from kalpi.processes import Child, record_path
from kalpi.supervisor import HomeTaken, Supervisor
from tests.kalpi.conftest import living
from tests.kalpi.test_processes import program
from tests.services import wait_for

SLEEPS = "import time; time.sleep(600)"


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.02)
    monkeypatch.setattr(module, "MAX_RESTARTS", 2)


def interrupt_when(condition) -> threading.Thread:
    def wait() -> None:
        wait_for(condition)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_second_one_is_refused_with_process_and_address(home):
    with Supervisor(home, address="http://127.0.0.1:8000"):
        said = rf"process {os.getpid()} .*http://127\.0\.0\.1:8000"
        with pytest.raises(HomeTaken, match=said):
            Supervisor(home).__enter__()
    with Supervisor(home):
        pass


def test_children_are_stopped_the_last_one_first(home):
    order = home.root / "order"
    says = (
        "import signal, sys, time\n"
        f"def end(*_): open({str(order)!r}, 'a').write(sys.argv[0] + '{{}}'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print(flush=True); time.sleep(600)"
    )
    with Supervisor(home) as supervisor:
        for name in ("one", "two", "three"):
            supervisor.start(program(says.format(name + " "), name, piped=True)).output.readline()
    assert order.read_text().replace("-c", "") == "three two one "


@pytest.mark.usefixtures("impatient")
def test_a_child_that_ends_is_started_again(home):
    told = []
    with Supervisor(home, tell=told.append) as supervisor:
        first = supervisor.start(program(SLEEPS))
        os.kill(first.record.pid, signal.SIGKILL)
        path = record_path(home, "stand-in")
        again = interrupt_when(lambda: path.exists() and str(first.record.pid) not in path.read_text())
        with pytest.raises(KeyboardInterrupt):
            supervisor.watch()
        again.join()
    assert told == ["stand-in ended with status -9; it starts again in 0 s"]


@pytest.mark.usefixtures("impatient")
def test_a_child_that_always_ends_is_given_up(home):
    with Supervisor(home, tell=lambda _: None) as supervisor:
        supervisor.start(program("raise SystemExit('broken for good')"))
        with pytest.raises(ChildFailed, match=r"ended 3 times(.|\n)*broken for good"):
            supervisor.watch()


def test_a_signal_while_a_child_starts_waits_until_it_is_known(home):
    def start(supervisor: Supervisor) -> None:
        with supervisor, supervisor._whole():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
            supervisor._watched.append(module._Watched(Child(home, program(SLEEPS)), 0))

    with pytest.raises(KeyboardInterrupt):
        start(Supervisor(home))
    assert living(home) == []


def test_handlers_are_given_back(home):
    before = [signal.getsignal(number) for number in module.STOP_SIGNALS]
    with Supervisor(home):
        assert [signal.getsignal(number) for number in module.STOP_SIGNALS] != before
    assert [signal.getsignal(number) for number in module.STOP_SIGNALS] == before


def test_a_failure_inside_stops_all(home):
    def fail(supervisor: Supervisor) -> None:
        with supervisor:
            supervisor.start(program(SLEEPS))
            assert len(living(home)) == 1
            raise LookupError

    with pytest.raises(LookupError):
        fail(Supervisor(home))
    assert living(home) == []
