"""A circuit breaker: a lost server costs one probe a second in a thread of its own, not one wait a request."""

import threading
from collections.abc import Callable


class Breaker:
    """Opens after `failures` failed calls in a row, and closes itself as soon as `probe()` returns True.

    No thread exists while it is closed, so it may be made before a fork and used after it.
    """

    def __init__(self, probe: Callable[[], bool], *, failures: int = 1, interval: float = 1.0) -> None:
        self.interval = interval
        self._probe = probe
        self._allowed = failures
        self._failed = 0
        self._open = False
        self._lock = threading.Lock()
        self._closing = threading.Event()

    @property
    def open(self) -> bool:
        """Whether calls should not even be tried."""
        return self._open

    def succeeded(self) -> None:
        """Forget earlier failures: the server answered."""
        if self._failed:
            self._failed = 0

    def failed(self) -> None:
        """Count a failure; at the last one allowed, open and start probing."""
        with self._lock:
            self._failed += 1
            if self._open or self._failed < self._allowed or self._closing.is_set():
                return
            self._open = True
        threading.Thread(target=self._recover, name="breaker-probe", daemon=True).start()

    def close(self) -> None:
        """Stop probing for good."""
        self._closing.set()

    def _recover(self) -> None:
        while not self._closing.wait(self.interval):
            if self._probe():
                self._failed = 0
                self._open = False
                return
