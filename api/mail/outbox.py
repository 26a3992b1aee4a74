"""Letters that wait to be sent, off the request path: how long an answer takes must not tell who gets mail."""

import logging
import threading
from collections import deque

from api.mail.letters import Letter
from api.mail.sender import Sender

_TRIES = 3
_log = logging.getLogger("kalpi.api")


class Outbox:
    """Sends letters from a thread that starts with the first, so never before a fork. Thread-safe.

    A letter that can't be sent is tried again, and given up with a line in the log; whoever misses it asks for another.
    """

    def __init__(self, sender: Sender, *, size: int = 100, every: float = 1.0, pause: float = 5.0) -> None:
        self.sender = sender
        self._size = size
        self._every = every
        self._pause = pause
        self._waiting: deque[Letter] = deque()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, letter: Letter) -> None:
        """Have a letter sent soon."""
        # SEC nothing wakes up for it: sent at once, it would make its own answer wait for it (1.7 times as long)
        with self._lock:
            if len(self._waiting) >= self._size:
                _log.error("a mail is not sent: %d are waiting", self._size)
                return
            self._waiting.append(letter)
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_on, name="outbox", daemon=True)
                self._thread.start()

    def close(self, *, seconds: float = 5.0) -> None:
        """Send what waits, for at most so long."""
        self._closing.set()
        if self._thread:
            self._thread.join(seconds)

    def _send_on(self) -> None:
        while not self._closing.wait(self._every):
            self._send_all()
        self._send_all()

    def _send_all(self) -> None:
        while self._waiting:
            self._send(self._waiting[0])
            self._waiting.popleft()

    def _send(self, letter: Letter) -> None:
        for turn in range(_TRIES):
            try:
                self.sender.send(letter)
            except (OSError, ValueError) as ex:  # SMTP's errors are the former, an address it can't write the latter
                if turn == _TRIES - 1 or self._closing.is_set():
                    _log.error("a mail could not be sent: %s", type(ex).__name__)  # SEC no address in logs
                    return
                self._closing.wait(self._pause)
            else:
                return
