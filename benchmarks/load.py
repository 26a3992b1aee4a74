"""A closed-loop load generator: a few keep-alive connections in one process, each asking again once it is answered.

Run as a process of its own, so that the server's core is the server's:
`python -m benchmarks.load URL --connections 8 --seconds 3 [--header 'X-API-Key: ...']` prints one JSON object.
Closed loops hide stalls, so its latencies are for comparing two servers in one run, not for promising anything.
"""

import argparse
import json
import selectors
import socket
import time
from urllib.parse import urlsplit

import msgspec

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"
LAST_CHUNK = b"0\r\n\r\n"


class Outcome(msgspec.Struct, frozen=True):
    """What a run of the generator saw: answers a second, and latencies in microseconds."""

    rate: float
    answers: int
    p50: float
    p99: float
    failures: int  # answers that were not 200


class Connection:
    """One socket: a question under way, and what has come back of its answer."""

    def __init__(self, address: tuple[str, int], question: bytes) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.question = question
        self.asked_at = 0.0
        self.answer = b""

    def ask(self) -> None:
        """Send the question."""
        self.answer = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(self.question)

    def receive(self) -> int | None:
        """Return the status once the answer is whole."""
        part = self.socket.recv(1 << 20)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.answer += part
        head, found, body = self.answer.partition(END_OF_HEAD)
        if not found:
            return None
        return int(head[9:12]) if _is_whole(head.lower(), body) else None


def _is_whole(head: bytes, body: bytes) -> bool:
    start = head.find(LENGTH)
    if start < 0:  # sent in chunks
        return body.endswith(LAST_CHUNK)
    return len(body) >= int(head[start + len(LENGTH) :].split(b"\r\n", 1)[0])


def run(url: str, *, connections: int, seconds: float, headers: tuple[str, ...] = ()) -> Outcome:
    """Ask `url` over and over for `seconds`, on `connections` connections at once."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", *headers, "Connection: keep-alive", "", ""]
    question = "\r\n".join(lines).encode()
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    latencies: list[float] = []
    failures = 0
    with selectors.DefaultSelector() as selector:
        opened = [Connection(address, question) for _ in range(connections)]
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        begun = time.perf_counter()
        while (now := time.perf_counter()) - begun < seconds:
            for key, _ in selector.select(timeout=1):
                connection = key.data
                status = connection.receive()
                if status is None:
                    continue
                latencies.append(time.perf_counter() - connection.asked_at)
                failures += status != 200
                connection.ask()
        for connection in opened:
            connection.socket.close()
    latencies.sort()
    return Outcome(
        rate=len(latencies) / (now - begun),
        answers=len(latencies),
        p50=latencies[len(latencies) // 2] * 1e6,
        p99=latencies[len(latencies) * 99 // 100] * 1e6,
        failures=failures,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--header", action="append", default=[])
    given = parser.parse_args()
    outcome = run(given.url, connections=given.connections, seconds=given.seconds, headers=tuple(given.header))
    print(json.dumps(msgspec.structs.asdict(outcome)))


if __name__ == "__main__":
    main()
