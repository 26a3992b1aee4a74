"""Clients that ask at a constant rate whatever becomes of the answers, half of them on connections that are kept.

As every HTTP client does, one asks again where a kept connection turns out to be closed before anything was answered.
"""

import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Told:
    """What came of a request: 200, its problem or what failed; when it was due, and how long it took from then."""

    status: int | str
    due: float
    seconds: float
    again: bool


class Paced:
    """Asks from the first line of a `with` to its last."""

    def __init__(self, url, headers, *, rate=30, clients=24):
        parts = urlsplit(url)
        self._address = (parts.hostname, parts.port)
        self._path, self._headers = f"{parts.path}?{parts.query}", headers
        self._rate, self._numbers = rate, itertools.count()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(clients)]
        self.told = []

    def __enter__(self):
        self._begun = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def busy(self):
        """Those for which Postgres did not answer a new worker within its second, as on a busy machine."""
        return [one for one in self.told if one.status == "/problems/accounts-unavailable"]

    @property
    def failed(self):
        return [one for one in self.told if one.status != 200 and one not in self.busy]

    @property
    def slowest(self):
        return max(one.seconds for one in self.told)

    def _work(self):
        kept = self._opened()
        while not self._stop.is_set():
            number = next(self._numbers)
            due = self._begun + number / self._rate
            if self._stop.wait(max(0.0, due - time.monotonic())):
                break
            connection = kept if number % 2 else self._opened()
            try:
                status, again = self._answer(connection)
            except (OSError, http.client.HTTPException) as ex:
                status, again = repr(ex), False
                connection.close()
            if connection is not kept:
                connection.close()
            self.told.append(Told(status, due, time.monotonic() - due, again))
        kept.close()

    def _opened(self):
        return http.client.HTTPConnection(*self._address, timeout=30)

    def _answer(self, connection):
        reused = connection.sock is not None
        try:
            return self._asked(connection), False
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            connection.close()
            if not reused:
                raise
            return self._asked(connection), True

    def _asked(self, connection):
        connection.request("GET", self._path, headers=self._headers)
        answer = connection.getresponse()
        body = answer.read()
        return 200 if answer.status == 200 else json.loads(body)["type"]
