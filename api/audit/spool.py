"""What waits to be written to Postgres: lines in files that outlive the process which appended them.

A file is mapped into memory, so to append is to copy a few bytes: no system call, and nothing that a killed process
takes with it. Each process has files of its own and locks them; a file that can be locked has lost its owner, and
whoever finds it writes what is left.
"""

import fcntl
import itertools
import logging
import mmap
import os
import secrets
import struct
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_HEAD = struct.Struct("<QQQ")  # where the lines end, up to where they are stored, and how many were lost
_NUMBER = struct.Struct("<Q")
_END, _STORED, _LOST = 0, 8, 16
_log = logging.getLogger("kalpi.api")


class Segment:
    """One file of lines, or as much memory where no file can be made. Appending is its spool's to order."""

    def __init__(self, memory: mmap.mmap, path: Path | None) -> None:
        self._memory = memory
        self._path = path
        end, stored, self._lost = _HEAD.unpack_from(memory)
        self._end = min(max(end, _HEAD.size), len(memory))
        self.stored = min(max(stored, _HEAD.size), self._end)

    @classmethod
    def make(cls, path: Path | None, size: int) -> "Segment":
        """Make an empty one."""
        if path is None:
            return cls(mmap.mmap(-1, size), None)
        draft = path.with_name(f".{path.name}")  # nobody may find it before it is locked
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(bytes(size))  # a hole on a full disk would be a SIGBUS later
            file.flush()
            memory = mmap.mmap(descriptor, size)  # keeps the file open, and so the lock
        draft.rename(path)
        return cls(memory, path)

    @classmethod
    def orphan(cls, path: Path) -> "Segment | None":
        """Open one whose owner is gone; None if it has an owner, or is gone itself."""
        try:
            with path.open("rb+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_nlink == 0:
                    return None
                return cls(mmap.mmap(file.fileno(), 0), path)
        except (BlockingIOError, FileNotFoundError):
            return None
        except (ValueError, struct.error):  # not even a head
            path.unlink(missing_ok=True)
            return None

    def append(self, line: bytes) -> bool:
        """Append a line, or return False if there is no room."""
        start = self._end
        end = start + len(line)
        if end > len(self._memory):
            return False
        self._memory[start:end] = line
        _NUMBER.pack_into(self._memory, _END, end)  # last, so that a line is there wholly or not at all
        self._end = end
        return True

    @property
    def depth(self) -> int:
        """How many bytes are not stored yet."""
        return self._end - self.stored

    def waiting(self) -> bytes:
        """Return the lines that are not stored yet."""
        return self._memory[self.stored : self._end]

    def store(self, octets: int) -> None:
        """Note that so many bytes of what was waiting are stored."""
        self.stored += octets
        _NUMBER.pack_into(self._memory, _STORED, self.stored)

    def lose(self) -> None:
        """Count a line that found no room."""
        self._lost += 1
        _NUMBER.pack_into(self._memory, _LOST, self._lost)

    def losses(self) -> int:
        """Return how many lines were lost, and begin to count anew."""
        lost, self._lost = self._lost, 0
        _NUMBER.pack_into(self._memory, _LOST, 0)
        return lost

    def close(self) -> None:
        """Let go of it; the file stays only if something in it waits."""
        if self._path and self.stored == self._end and not self._lost:
            self._path.unlink(missing_ok=True)
        self._memory.close()


class Spool:
    """One process' lines of one kind, each with an identity of its own. Thread-safe.

    What comes while `segments` of them are full is lost, and counted; what waits is kept.
    """

    def __init__(self, folder: Path | None, kind: str, *, size: int = 1 << 20, segments: int = 64) -> None:
        self.kind = kind
        self._id = secrets.token_hex(8)
        self._folder = folder
        self._size = size
        self._most = segments
        self._numbers = itertools.count()
        self._names = itertools.count()
        self._lock = threading.Lock()
        self._spare: Segment | None = None
        self._segments = deque([self._made()])

    def append(self, fields: str) -> None:
        """Append a line; the first field, a UUID, is put before it."""
        line = f"{self._id}{next(self._numbers):016x}\t{fields}\n".encode("utf-8", "replace")
        with self._lock:
            if not self._segments[-1].append(line) and not (self._rolled() and self._segments[-1].append(line)):
                self._segments[-1].lose()

    def losses(self) -> int:
        """Return how many lines were lost since this was last asked."""
        with self._lock:
            return sum(segment.losses() for segment in self._segments)

    def depth(self) -> int:
        """Return how many bytes wait."""
        with self._lock:
            return sum(segment.depth for segment in self._segments)

    def waiting(self) -> Iterator[Segment]:
        """Give the segments in order, and let go of each that is full and stored by the time the next is asked for."""
        while True:
            yield self._segments[0]
            with self._lock:
                if len(self._segments) == 1 or self._segments[0].waiting():
                    return
                self._segments.popleft().close()

    def prepare(self) -> None:
        """Make the next segment before it is needed."""
        if self._spare is None:
            self._spare = self._made()

    def orphans(self) -> Iterator[Segment]:
        """Give the segments of this kind whose processes are gone."""
        for path in sorted(self._folder.glob(f"{self.kind}-*")) if self._folder else ():
            if orphan := Segment.orphan(path):
                yield orphan

    def close(self) -> None:
        """Let go of all files; those with something in them stay, for others."""
        with self._lock:
            for segment in (*self._segments, *([self._spare] if self._spare else [])):
                segment.close()
            self._most, self._spare = 0, None
            self._segments = deque([Segment.make(None, _HEAD.size)])  # without room: what still comes is lost

    def _rolled(self) -> bool:
        if len(self._segments) >= self._most:
            return False
        spare, self._spare = self._spare, None
        self._segments.append(spare or self._made())
        return True

    def _made(self) -> Segment:
        path = None
        try:
            if self._folder:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                path = self._folder / f"{self.kind}-{self._id}-{next(self._names):06}"
            return Segment.make(path, self._size)
        except OSError:
            _log.exception("%s can't be made: what waits to be stored is kept in memory", path)
            return Segment.make(None, self._size)
