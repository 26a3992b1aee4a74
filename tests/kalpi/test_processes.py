import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from kalpi.errors import ChildFailed
from kalpi.processes import ROOT, Child, Program, Record, is_alive, read_record, reap, record_path, write_record
from tests.kalpi.conftest import living
from tests.services import wait_for

STUBBORN = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)"
WITH_STUBBORN_CHILD = (
    f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); time.sleep(600)"
)


def program(script: str, name: str = "stand-in", **options) -> Program:
    return Program(name=name, argv=(sys.executable, "-c", script), environment=dict(os.environ), **options)


def test_a_child_is_recorded_while_it_runs(home):
    child = Child(home, program("import time; time.sleep(600)"))
    record = read_record(record_path(home, "stand-in"))
    assert record == child.record
    assert is_alive(record)
    child.stop()
    assert not is_alive(record)
    assert not record_path(home, "stand-in").exists()


def test_stopping_ends_the_whole_session(home):
    child = Child(home, program(WITH_STUBBORN_CHILD))
    wait_for(lambda: len(living(home)) == 2)
    child.stop()
    assert living(home) == []


def test_a_child_that_ignores_its_signal_is_killed_after_its_grace(home):
    told = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    child = Child(home, program(told, piped=True, grace_seconds=0.2))
    child.output.readline()
    started = time.monotonic()
    child.stop()
    assert 0.2 <= time.monotonic() - started < 5
    assert child.ended() == -signal.SIGKILL


def test_waiting_for_a_child_that_ends_shows_its_last_words(home):
    child = Child(home, program("import sys; sys.exit('no such luck')"))
    with pytest.raises(ChildFailed, match=r"stand-in ended with status 1 before it answered(.|\n)*no such luck"):
        child.wait_until(lambda: False, seconds=20)
    child.stop()


def test_what_a_hard_kill_left_is_reaped(home):
    starter = subprocess.Popen(
        [sys.executable, "-c", _STARTER.format(script=WITH_STUBBORN_CHILD)], cwd=ROOT, stdout=subprocess.PIPE
    )
    with starter:
        assert starter.stdout.readline() == b"started\n"
        wait_for(lambda: len(living(home)) == 3)
        starter.kill()
    wait_for(
        lambda: len(living(home)) == 1 or sys.platform != "linux"
    )  # the kernel tells the child, not the grandchild
    assert reap(home) == ("stand-in",)
    assert living(home) == []
    assert reap(home) == ()


def test_a_number_that_is_another_process_by_now_is_left_alone(home):
    stranger = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True, env={"PATH": os.environ["PATH"]}
    )
    born = psutil.Process(stranger.pid).create_time()
    write_record(record_path(home, "stand-in"), Record(stranger.pid, born - 60, ("python",)))
    assert reap(home) == ()
    assert stranger.poll() is None
    write_record(record_path(home, "stand-in"), Record(stranger.pid, born, ("python",)))
    assert reap(home) == ("stand-in",)
    stranger.wait(5)


def test_half_a_record_is_no_record(home):
    record_path(home, "stand-in").write_text('{"pid": 1')
    assert reap(home) == ()


_STARTER = """
import os, time
from kalpi.processes import Child, Program
from warehouse.home import Home
import sys
argv = (sys.executable, "-c", {script!r})
Child(Home.from_environment(), Program(name="stand-in", argv=argv, environment=dict(os.environ)))
print("started", flush=True)
time.sleep(600)
"""


def test_a_long_log_begins_anew_and_keeps_what_it_had(home, monkeypatch):
    monkeypatch.setattr("kalpi.processes._LONG_LOG", 1000)
    child = Child(home, Program(name="talker", argv=("sh", "-c", "echo first; read x; echo more"), environment={}))
    child.wait()
    with child.log.open("ab") as log:
        child.trim()
        assert not child.log.with_suffix(".log.1").exists()
        log.write(b"x" * 2000)
        log.flush()
        child.trim()
        log.write(b"after\n")
    assert child.log.read_bytes() == b"after\n"
    assert child.log.with_suffix(".log.1").read_bytes().endswith(b"x" * 2000)
