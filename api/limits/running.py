"""Requests under way, by account, over all workers of one server: counted in memory that they share.

Each worker writes its own row of small counters and reads the column of an account over all rows, so a request costs no
round trip and no lock between processes. The process that makes the workers gives each a row before it forks, and
empties it when the worker is gone, however it ended. More accounts than columns share some; as no more requests are
under way than there are threads, two of them hardly ever meet.
"""

import mmap
import threading
import zlib
from typing import ClassVar

_COLUMNS = 8192
_MOST = 255


class Table:
    """The counters of one server. Made before the fork; `row` is this process' own."""

    shared: ClassVar["Table | None"] = None
    """The one that a forking server has made for its workers."""

    def __init__(self, rows: int) -> None:
        self.memory = mmap.mmap(-1, rows * _COLUMNS)
        self.row = 0
        self._free = list(range(rows))

    def reserve(self) -> int:
        """Give the next worker a row; the last one is for all that come when there is no other."""
        self.row = self._free.pop(0) if len(self._free) > 1 else self._free[0]
        return self.row

    def release(self, row: int) -> None:
        """Take back the row of a worker that is gone, with all that it still held."""
        self.memory[row * _COLUMNS : (row + 1) * _COLUMNS] = bytes(_COLUMNS)
        if row not in self._free:
            self._free.insert(0, row)


class Running:
    """Lets an account have so many requests under way. Thread-safe."""

    def __init__(self, table: Table | None = None) -> None:
        self._table = table or Table(rows=1)
        self._lock = threading.Lock()

    def enter(self, account_id: str, allowed: int) -> bool:
        """Begin a request, or return False if `allowed` are under way."""
        column, memory = _column(account_id), self._table.memory
        own = self._table.row * _COLUMNS + column
        # every worker adds itself first and counts then: at worst two refuse each other, and never do too many enter
        with self._lock:
            if memory[own] == _MOST:
                return False
            memory[own] += 1
        if sum(memory[column::_COLUMNS]) <= allowed:
            return True
        self.leave(account_id)
        return False

    def leave(self, account_id: str) -> None:
        """End a request that has entered."""
        own = self._table.row * _COLUMNS + _column(account_id)
        with self._lock:
            self._table.memory[own] = max(0, self._table.memory[own] - 1)


def _column(account_id: str) -> int:
    return zlib.crc32(account_id.encode()) % _COLUMNS
