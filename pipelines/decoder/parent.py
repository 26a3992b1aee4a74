"""The parent's side: starts the child, asks it, and turns its death into a refusal of the file that killed it."""

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import pyarrow as pa

from pipelines.decoder.messages import Answer, Failed, Form, Limits, Look, Question, Read, Rejected, Schema, Written
from pipelines.reasons import Refused

ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "LC_ALL": "C.UTF-8",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # others reserve address space ahead, which the limit counts
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
}
_DEATHS: dict[int, str] = {
    signal.SIGABRT: "out-of-memory",  # an allocation that failed where nothing catches it
    signal.SIGKILL: "out-of-memory",  # the kernel's own way
    signal.SIGXCPU: "out-of-time",
    signal.SIGXFSZ: "too-large",
}


class Decoder:
    """Decodes files in a child process; one child serves many files, and a new one comes after one that died."""

    def __init__(self, folder: Path | None = None, limits: Limits | None = None) -> None:
        """Decode into `folder`, which is emptied first and removed at the end; without one, only `look` is of use."""
        self._folder = folder
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()
        if self._folder:
            shutil.rmtree(self._folder)

    def look(self, path: Path, form: Form) -> Schema:
        """Return what a file holds, by its metadata.

        Raises:
            Refused: it can't be used, for one of `FILE_REASONS`.
            OSError: it can't be read.
        """
        answer = self._ask(Look(str(path), form, self._limits))
        if not isinstance(answer, Schema):
            raise TypeError(answer)
        return answer

    def read(self, path: Path, form: Form, columns: tuple[str, ...]) -> pa.Table:
        """Return some columns of a file; those of a CSV file are text.

        Raises:
            Refused: it can't be used, for one of `FILE_REASONS`.
            OSError: it can't be read, or there is no room for what it holds.
        """
        if self._folder is None:
            raise ValueError("this decoder has no folder to decode into")
        target = self._folder / "rows.arrow"
        answer = self._ask(Read(str(path), form, self._limits, columns, str(target)))
        if not isinstance(answer, Written):
            raise TypeError(answer)
        with pa.memory_map(str(target)) as source:
            table = pa.ipc.open_file(source).read_all()
        target.unlink()  # the mapping stays, and the room is given back with it
        return table

    def _ask(self, question: Question) -> Answer:
        answer = self._told(question)
        if isinstance(answer, Rejected):
            raise Refused(answer.code, answer.detail)
        if isinstance(answer, Failed):
            raise OSError(answer.errno, answer.message, question.path)
        return answer

    def _told(self, question: Question) -> Answer:
        if self._child and self._child.poll() is not None:  # it ended between two questions, by nobody's fault
            self._end()
        child = self._child = self._child or _start()
        if child.stdin is None or child.stdout is None:
            raise TypeError(child)
        child.stdin.write(msgspec.json.encode(question) + b"\n")
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], self._limits.seconds)
        line = child.stdout.readline() if ready else b""
        if line:
            return msgspec.json.decode(line, type=Answer)
        return self._died(child, in_time=bool(ready))

    def _died(self, child: subprocess.Popen[bytes], *, in_time: bool) -> Rejected:
        if in_time:
            child.wait()
        self._end()
        if not in_time:
            return Rejected("out-of-time", f"not decoded within {self._limits.seconds} s")
        how = signal.Signals(-child.returncode).name if child.returncode < 0 else f"exit status {child.returncode}"
        return Rejected(
            _DEATHS.get(-child.returncode, "decoder-crashed"), f"the process that decoded it ended by {how}"
        )

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.decoder.child"],
        env={**_ENVIRONMENT, "PATH": os.defpath},  # SEC: nothing of ours, no secret among it
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
