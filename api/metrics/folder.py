"""The folder in which the workers of one server count: each in files of its own, which outlive it.

What a worker that has ended had counted is added to one file, so that recycling leaves no files behind. The folder's
name is told by the environment variable that prometheus_client reads when it is imported: set it before that.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "kalpi-metrics-"
_ENDED = "ended"
_ADDED_UP = ("counter", "histogram")
"""The kinds whose values go on when their process has ended."""


class Folder:
    """A server's folder, held by the process that makes the workers."""

    def __init__(self, parent: Path | None = None) -> None:
        """Make an empty one, and remove those of servers that are gone."""
        parent = parent or _memory()
        _sweep(parent)
        draft = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=parent))
        self._held = _locked(draft)  # nobody may find it before it is held
        self.path = draft.rename(parent / draft.name.removeprefix("."))
        self._ended: set[int] = set()

    def forget(self, pid: int) -> None:
        """Add what a process that has ended had counted to what others had; its gauges go."""
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - only after VARIABLE is set

        mark_process_dead(pid, str(self.path))
        self._ended.add(pid)
        with reading(self.path, alone=True) as is_alone:
            if is_alone:  # else somebody reads, and the next worker that ends takes this one along
                for one in self._ended:
                    self._add_up(one)
                self._ended.clear()

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._held)

    def _add_up(self, pid: int) -> None:
        from prometheus_client.mmap_dict import MmapedDict  # noqa: PLC0415

        for kind in _ADDED_UP:
            own, total = (self.path / f"{kind}_{name}.db" for name in (pid, _ENDED))
            if not own.exists():
                continue
            values: dict[str, float] = {}
            for file in (total, own):
                for key, value, *_ in MmapedDict.read_all_values_from_file(file) if file.exists() else ():
                    values[key] = values.get(key, 0.0) + value
            draft = self.path / f"{kind}.draft"
            draft.unlink(missing_ok=True)
            written = MmapedDict(str(draft))
            for key, value in values.items():
                written.write_value(key, value, 0.0)
            written.close()
            draft.replace(total)
            own.unlink()


@contextmanager
def reading(folder: Path, *, alone: bool = False) -> Generator[bool]:
    """Keep the files as they are while they are read; `alone`: if nobody reads, keep others out, else give False."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _memory() -> Path:
    """Return where files are kept in memory, or where temporary ones are."""
    shared = Path("/dev/shm")  # noqa: S108 - counting must not wait for a disk
    return shared if os.access(shared, os.W_OK) else Path(tempfile.gettempdir())


def _sweep(parent: Path) -> None:
    """Remove the folders that nobody holds, as after a hard kill."""
    for left in (*parent.glob(f"{_PREFIX}*"), *parent.glob(f".{_PREFIX}*")):
        with suppress(OSError):  # another user's
            descriptor = _locked(left)
            shutil.rmtree(left, ignore_errors=True)
            os.close(descriptor)


def _locked(folder: Path) -> int:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
