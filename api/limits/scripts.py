"""Runs Lua scripts on Redis over a few kept connections, within a short deadline and with little Python in between."""

import hashlib
from collections import deque
from pathlib import Path
from typing import cast

from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.connection import ConnectionInterface
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError
from redis.retry import Retry


class Script:
    """A Lua script, of this folder unless told, with the part of its EVALSHA command that never changes."""

    def __init__(self, name: str, arguments: int, *, folder: Path = Path(__file__).parent) -> None:
        self.source = (folder / name).read_bytes()
        sha = hashlib.sha1(self.source, usedforsecurity=False).hexdigest().encode()
        self._head = b"*%d\r\n" % (4 + arguments) + pack(b"EVALSHA", sha, b"1")

    def command(self, key: bytes, arguments: bytes) -> bytes:
        """Give the command's bytes; `arguments` are packed already."""
        return b"%b$%d\r\n%b\r\n%b" % (self._head, len(key), key, arguments)


def pack(*words: bytes | int) -> bytes:
    """Write words as Redis reads them."""
    octets = [b"%d" % word if isinstance(word, int) else word for word in words]
    return b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in octets)


class Connections:
    """Connections to one Redis, made when needed and kept for the next. Thread-safe: each is one caller's at a time."""

    def __init__(self, redis_url: str, *, timeout: float) -> None:
        self._pool = ConnectionPool.from_url(
            redis_url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),  # redis-py's own default waits for many seconds
            protocol=2,
        )
        self._idle: deque[ConnectionInterface] = deque()

    def run(self, script: Script, key: bytes, arguments: bytes, *, again: bytes | None = None) -> list[int]:
        """Run a script. A server that has restarted costs two repairs: a new connection, and the script's loading.

        A connection may break after the script has run: `again` are the arguments for a second run, if others.
        """
        command = script.command(key, arguments)
        for _ in range(2):
            try:
                return cast("list[int]", self._send(command))
            except NoScriptError:
                self._send(b"*3\r\n" + pack(b"SCRIPT", b"LOAD", script.source))
            except RedisConnectionError:
                self.close()  # one kept connection is broken, so all of them are
                command = command if again is None else script.command(key, again)
        return cast("list[int]", self._send(command))

    def ping(self) -> None:
        """Ask for any answer at all."""
        self._send(b"*1\r\n$4\r\nPING\r\n")

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().disconnect()

    def _send(self, command: bytes) -> object:
        # PERF a pre-packed command on a connection of our own costs half of redis-py's evalsha()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._pool.make_connection()
        try:
            connection.send_packed_command((command,), check_health=False)
            answer = connection.read_response()
        except NoScriptError:
            self._idle.append(connection)
            raise
        except BaseException:
            connection.disconnect()
            raise
        self._idle.append(connection)
        return answer
