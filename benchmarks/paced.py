"""An open-loop load generator: requests fall due at a constant rate, whatever becomes of those before.

A latency counts from the moment a request was due, so that a stall of the server is seen by all that it holds up.
Run as a process of its own: `python -m benchmarks.paced URL --rate 100 --seconds 5 [--header ...] [--body ...]`.
"""

import argparse
import json
import selectors
import time
from collections import deque
from urllib.parse import urlsplit

import msgspec

from benchmarks.load import Connection, Outcome

CONNECTIONS = 32
PATIENCE_SECONDS = 10


def run(url: str, *, rate: float, seconds: float, headers: tuple[str, ...] = (), body: str = "") -> Outcome:
    """Ask `url` at a rate, by POST if there is a body; failures are answers that are not 200, and missing ones."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
    length = (f"Content-Length: {len(body.encode())}",) if body else ()
    first = f"{'POST' if body else 'GET'} {target} HTTP/1.1"
    question = "\r\n".join([first, f"Host: {parts.netloc}", *headers, *length, "", body]).encode()
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    most = max(1, int(rate * seconds))
    due = deque(index / rate for index in range(most))
    latencies: list[float] = []
    refused = 0
    with selectors.DefaultSelector() as selector:
        idle: deque[Connection] = deque()
        asked: dict[Connection, float] = {}
        begun = time.perf_counter()
        while (due or asked) and (now := time.perf_counter() - begun) < seconds + PATIENCE_SECONDS:
            while due and due[0] <= now and (idle or len(asked) < CONNECTIONS):
                if not idle:  # none is opened before it has something to ask: some servers keep a thread for each
                    idle.append(Connection(address, question))
                    selector.register(idle[0].socket, selectors.EVENT_READ, idle[0])
                connection = idle.pop()
                asked[connection] = due.popleft()
                connection.ask()
            wait = max(0.0, due[0] - now) if due and len(asked) < CONNECTIONS else 0.1
            for key, _ in selector.select(timeout=wait):
                status = key.data.receive()
                if status is None:
                    continue
                latencies.append(time.perf_counter() - begun - asked.pop(key.data))
                refused += status != 200
                idle.append(key.data)
    latencies.sort()
    return Outcome(
        rate=len(latencies) / seconds,
        answers=len(latencies),
        p50=latencies[len(latencies) // 2] * 1e6,
        p99=latencies[len(latencies) * 99 // 100] * 1e6,
        failures=refused + most - len(latencies),
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--body", default="")
    given = parser.parse_args()
    told = {"rate": given.rate, "seconds": given.seconds, "headers": tuple(given.header), "body": given.body}
    print(json.dumps(msgspec.structs.asdict(run(given.url, **told))))


if __name__ == "__main__":
    main()
