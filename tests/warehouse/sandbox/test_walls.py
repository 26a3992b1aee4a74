"""With the gate gone: DuckDB's own locks, the kernel's limits and the short list of system calls hold as well."""

import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.services import wait_for
from tests.warehouse.sandbox.bombs import BEHIND, BOMBS
from tests.warehouse.sandbox.conftest import asking
from tests.warehouse.sandbox.escapes import ESCAPES
from warehouse.sandbox.messages import Exceeded, Mistaken, Rows

TRACED = "open,openat,openat2,creat,execve,execveat,socket,connect,unlink,unlinkat,rename,mkdir,mkdirat,link,kill"


@pytest.fixture(scope="module")
def gateless(world):
    with asking(world, module="tests.warehouse.sandbox.gateless") as ask:
        assert isinstance(ask("select version() as v"), Rows), "the gate stands"
        yield ask


@pytest.fixture
def ground(tmp_path):
    """A secret in every form that may be read, and what lies around it."""
    (tmp_path / "secret").write_text("canary,1\n")
    shutil.copy(tmp_path / "secret", tmp_path / "secret.parquet")
    shutil.copy(tmp_path / "secret", tmp_path / "secret.duckdb")
    return tmp_path


def seen(*folders):
    """Return every file of some folders as it is now."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            told = path.lstat()
            found[path] = (told.st_size, told.st_mtime_ns, told.st_mode)
    return found


def attempts(ask, ground):
    return {name: ask(text.format(secret=ground / "secret", target=ground)) for name, text in ESCAPES.items()}


@pytest.mark.check(36)
def test_no_file_is_read_or_made(gateless, ground):
    before = seen(ground, gateless.home.root)
    answers = attempts(gateless, ground)
    assert seen(ground, gateless.home.root) == before
    assert "canary" not in repr(answers)
    assert Counter(type(answer).__name__ for answer in answers.values())["Rows"] < len(answers) / 2
    assert gateless("select count(*) a from daily.bars").columns[0][0] > 10_000


@pytest.mark.check(36)
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("module", ["warehouse.sandbox.keeper", "tests.warehouse.sandbox.gateless"])
def test_the_kernel_sees_no_file_opened(world, ground, module):
    with asking(world, module=module) as ask:
        ask("select 1 as a")
        pid, log = ask.processes[0].pid, ground / "trace"
        tracer = subprocess.Popen(["strace", "-ff", "-q", "-e", f"trace={TRACED}", "-o", log, "-p", str(pid)])
        wait_for(lambda: _traced(pid))
        try:
            attempts(ask, ground)
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait()
    done = {path.suffix[1:]: _succeeded(path) for path in ground.glob("trace.*")}
    own = done.pop(str(pid))
    assert len(done) == len(ESCAPES)
    assert set().union(*done.values()) == {'openat(AT_FDCWD, "/dev/null", O_RDWR|O_CLOEXEC)'}
    assert own == {f"kill({child}, SIGKILL)" for child in done}


def _succeeded(path):
    calls = (line.split(" = ") for line in path.read_text().splitlines() if " = " in line)
    return {call.strip() for call, result in calls if not result.startswith("-1")}


def _traced(pid):
    return "TracerPid:\t0\n" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.check(37)
@pytest.mark.parametrize("name", ["repeat", "printf", "format"])
def test_a_short_bomb_is_contained(gateless, name):
    assert gateless(BEHIND[name]) == Exceeded("memory")


@pytest.mark.check(37)
@pytest.mark.slow
@pytest.mark.parametrize("name", BEHIND)
def test_a_bomb_is_contained_without_the_gate(gateless, name):
    assert isinstance(gateless(BEHIND[name]), (Exceeded, Mistaken))


@pytest.mark.check(37)
@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_contained(ask, name):
    assert isinstance(ask(BOMBS[name]), Exceeded)
