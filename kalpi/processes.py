"""Programs started by us: each in a session of its own, with a record by which a later start finds what was left."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec
import psutil

from kalpi.errors import ChildFailed
from warehouse.home import Home

ROOT = Path(__file__).resolve().parent.parent
POLL_SECONDS = 0.05
KILL_SECONDS = 5.0
_TAIL_LINES = 12
_LONG_LOG = 64 << 20
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to start, and how to end it."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    address: str | None = None  # where it answers
    account: tuple[int, int] | None = None  # user and group to run as; None: ours
    folder: Path = ROOT
    piped: bool = False  # whether we read its standard output


class Record(msgspec.Struct, frozen=True):
    """A started program; its number alone could by now be another's, with its time of birth it can not."""

    pid: int
    create_time: float
    command: tuple[str, ...]
    address: str | None = None


class Child:
    """A running program."""

    def __init__(self, home: Home, program: Program) -> None:
        self.program = program
        self.log = home.services / f"{program.name}.log"
        self._home = home
        self._path = record_path(home, program.name)
        user, group = program.account or (None, None)
        with self.log.open("ab") as log:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603  (argv is ours)
                program.argv,
                env=dict(program.environment),
                cwd=program.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if program.piped else log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent(program.stop_signal),  # noqa: PLW1509  (one prebound system call)
                user=user,
                group=group,
                extra_groups=[] if program.account else None,
            )
        self.record = Record(self._process.pid, _birth(self._process.pid), program.argv, program.address)
        write_record(self._path, self.record)

    @property
    def output(self) -> IO[bytes]:
        """The standard output of a piped program."""
        if self._process.stdout is None:
            raise ValueError(f"{self.program.name} was not started with its output piped")
        return self._process.stdout

    def ended(self) -> int | None:
        """Return the exit status, or None while it runs."""
        return self._process.poll()

    def wait(self) -> int:
        """Return the exit status once it has ended, and forget it."""
        status = self._process.wait()
        self._path.unlink(missing_ok=True)
        return status

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait for the program to answer.

        Raises:
            ChildFailed: it ended or did not answer in time; shows the end of its log.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self.ended() is not None:
                raise self.failure(f"ended with status {self.ended()} before it answered")
            if time.monotonic() > deadline:
                raise self.failure(f"did not answer within {seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def trim(self) -> None:
        """Begin the log anew when it is long, and keep what it had in a file beside it; its writers append."""
        if self.log.stat().st_size > _LONG_LOG:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)

    def failure(self, what: str) -> ChildFailed:
        """Return an error that shows the end of the program's log."""
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        return ChildFailed("\n  ".join([f"{self.program.name} {what}; its log {self.log} ends:", *lines]))

    def stop(self) -> None:
        """Ask it to end, insist after its grace, and leave no member of its session behind."""
        if self.ended() is None:
            self._process.send_signal(self.program.stop_signal)
            try:
                self._process.wait(self.program.grace_seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(KILL_SECONDS)
        _kill(members(self._home, self.record))
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._path.unlink(missing_ok=True)


def reap(home: Home) -> tuple[str, ...]:
    """End what a hard kill of an earlier start left running on this home; returns the names of what was found."""
    found = []
    for path in sorted(home.services.glob("*.json")):
        record = read_record(path)
        left = members(home, record) if record else []
        if record and left:
            found.append(path.stem)
            # SIGINT: what Postgres calls a fast shutdown, what gunicorn calls quick, and what Dagster listens to
            _signal(left, signal.SIGINT)
            _, stubborn = psutil.wait_procs(left, timeout=KILL_SECONDS)
            _kill([*stubborn, *members(home, record)])
        path.unlink(missing_ok=True)
    return tuple(found)


def members(home: Home, record: Record) -> list[psutil.Process]:
    """Return the living processes of a recorded program's session.

    A session's number can't be given away while a member lives, but it can once all are gone: without its leader,
    a session is ours only if its members carry this home in their environment.
    """
    session = [process for process in psutil.process_iter() if _session(process.pid) == record.pid]
    if is_alive(record):
        return session
    return [process for process in session if _home_of(process) == str(home.root)]


def is_alive(record: Record) -> bool:
    """Return whether the recorded process itself runs, not another that was given its number."""
    try:
        process = psutil.Process(record.pid)
        return abs(process.create_time() - record.create_time) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def record_path(home: Home, name: str) -> Path:
    """Return where a program's record lies."""
    return home.services / f"{name}.json"


def read_record(path: Path) -> Record | None:
    """Return a record, or None where none or half of one lies."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_record(path: Path, record: msgspec.Struct) -> None:
    """Write a record in one atomic step, for our own eyes: an address or a key may be in it."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
    draft.replace(path)


def own_record(address: str | None = None) -> Record:
    """Return this process's own record."""
    return Record(os.getpid(), _birth(os.getpid()), tuple(sys.argv), address)


def _birth(pid: int) -> float:
    return psutil.Process(pid).create_time()


def _session(pid: int) -> int | None:
    with suppress(OSError):
        return os.getsid(pid)
    return None


def _home_of(process: psutil.Process) -> str | None:
    with suppress(psutil.Error, OSError):
        return process.environ().get("KALPI_HOME")
    return None


def _signal(processes: Iterator[psutil.Process] | list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _kill(processes: list[psutil.Process]) -> None:
    _signal(processes, signal.SIGKILL)
    psutil.wait_procs(processes, timeout=KILL_SECONDS)


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Have Linux signal the child when we are killed hard; elsewhere the next start reaps.

    The kernel watches the thread that started the child, so children are started by the main thread only.
    """
    libc, parent = _LIBC, os.getpid()
    if libc is None:
        return None

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # killed before the call above
            os._exit(1)

    return before_exec
