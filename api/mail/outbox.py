"""Letters that wait to be sent, off the request path: how long an answer takes must not tell who gets mail."""

import logging
import queue
import threading
from contextlib import suppress

from api.mail.letters import Letter
from api.mail.sender import Sender

_TRIES = 3
_log = logging.getLogger("kalpi.api")


class Outbox:
    """Sends letters from a thread that starts with the first, so never before a fork. Thread-safe.

    A letter that can't be sent is tried again, and given up with a line in the log; whoever misses it asks for another.
    """

    def __init__(self, sender: Sender, *, size: int = 100, pause: float = 5.0) -> None:
        self.sender = sender
        self._pause = pause
        self._waiting: queue.Queue[Letter | None] = queue.Queue(size)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, letter: Letter) -> None:
        """Have a letter sent soon."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_on, name="outbox", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(letter)
        except queue.Full:
            _log.error("a mail is not sent: %d are waiting", self._waiting.maxsize)

    def close(self, *, seconds: float = 5.0) -> None:
        """Send what waits, for at most so long."""
        self._closing.set()
        if self._thread:
            with suppress(queue.Full):
                self._waiting.put(None, timeout=seconds)
            self._thread.join(seconds)

    def _send_on(self) -> None:
        while letter := self._waiting.get():
            self._send(letter)

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
