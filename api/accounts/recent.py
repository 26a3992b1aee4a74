"""A bounded memory of what was put last."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps the `size` entries put last; putting one again makes it new. Reading takes no lock."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: dict[bytes, T] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> T | None:
        """Give the entry, or None."""
        return self._entries.get(key)

    def put(self, key: bytes, value: T) -> None:
        """Keep the entry, and let the oldest go if there are too many."""
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = value
            if len(self._entries) > self._size:
                del self._entries[next(iter(self._entries))]

    def values(self) -> tuple[T, ...]:
        """Give all entries, the oldest first."""
        with self._lock:
            return tuple(self._entries.values())

    def drop(self, key: bytes) -> None:
        """Forget the entry, if there is one."""
        with self._lock:
            self._entries.pop(key, None)
