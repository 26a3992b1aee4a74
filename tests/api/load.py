"""Many clients at once, each on a connection that it keeps."""

import http.client
import itertools
import threading
import time
from dataclasses import dataclass

from tests.api import wellformed

CLIENTS = 16


@dataclass(frozen=True)
class Answer:
    """What came of one request: status 0 if no answer came."""

    name: str
    status: int
    headers: dict[str, str]
    body: bytes
    asked: float
    seconds: float


def ask(server, requests, *, clients=CLIENTS, until=None):
    """Send requests (path, headers) from so many clients, each its next one when it has an answer; name each of them.

    `until()` ends it before the requests do.
    """
    pending, answers, lock = iter(requests), [], threading.Lock()
    address = server.base_url.host, server.base_url.port
    run, numbers = time.monotonic_ns(), itertools.count()

    def work():
        connection = http.client.HTTPConnection(*address, timeout=30)
        while not (until and until()):
            with lock:
                told = next(pending, None)
                number = next(numbers)
            if told is None:
                break
            path, headers = told
            answer = _asked(connection, path, {**headers, "X-Request-Id": f"{run}-{number:06}"})
            answers.append(answer)
            if not answer.status:
                time.sleep(0.02)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers, key=lambda answer: answer.name)


def _asked(connection, path, headers):
    asked = time.time()
    begun = time.monotonic()
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        status, told = answer.status, {name.lower(): value for name, value in answer.getheaders()}
        wellformed.check("GET", path, status, told, body)
    except (OSError, http.client.HTTPException):
        connection.close()
        status, told, body = 0, {}, b""
    return Answer(headers["X-Request-Id"], status, told, body, asked, time.monotonic() - begun)
