"""Tries of passwords: each is counted against its account and its address, and the next one has to wait longer."""

import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from redis.exceptions import RedisError

from api.breaker import Breaker
from api.gate.rules import LOGINS, TRIES
from api.limits.scripts import Connections, Script, pack
from api.problems import VIOLATED, Refusal

LONGEST = 60
"""Seconds that a wrong password makes wait at most."""
_TRIED, _RIGHT, _VOID = 0, 1, 2
_RETRY = 2


class Attempt:
    """One try of a password, as a context: `with gate.login(environ, email) as attempt:`.

    Tell it `succeeded()` or `failed()`; if neither is told, say by an exception, it has not been.
    """

    def __init__(self, tell: Callable[[int], None], wrong: Callable[[], None], wait: int) -> None:
        self._tell: Callable[[int], None] | None = tell
        self._wrong = wrong
        self.retry_after = wait
        """Seconds before the next try, if this one fails."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended(_VOID)

    def succeeded(self) -> None:
        """The password was right: the address is the owner's from now on."""
        self._ended(_RIGHT)

    def failed(self) -> int:
        """Return the seconds that the next try has to wait; a Refusal if the address is blocked by now."""
        self._tell = None
        self._wrong()
        return self.retry_after

    def _ended(self, how: int) -> None:
        tell, self._tell = self._tell, None
        if tell:
            tell(how)


class Logins:
    """Counts tries by account and address, and all of them together. An account that isn't there is counted alike."""

    def __init__(self, connections: Connections, breaker: Breaker, secret: bytes) -> None:
        folder = Path(__file__).parent
        self._connections = connections
        self._breaker = breaker
        self._secret = secret[:64]
        self._login = Script("login.lua", arguments=5, folder=folder)
        self._strike = Script("strike.lua", arguments=5, folder=folder)

    def begin(self, name: str, client: str, wrong: Callable[[], None]) -> Attempt:
        """Count a try as failed until more is known; a Refusal if it has to wait."""
        key = b"kalpi:login:{%b}" % self.digest(name).encode()
        self.require_counting()
        wait, delay = self._run(self._login, key, _happened(_TRIED, client))
        if wait:
            raise _early(math.ceil(wait / 1000))
        all_of_them = pack(LOGINS.name.encode(), LOGINS.seconds, LOGINS.allowed, 0, 1)
        busy, *_ = self._run(self._strike, b"kalpi:gate:{everybody}", all_of_them)
        if busy:
            self._tell(key, client, _VOID)
            raise _reduced("too many log in at once", math.ceil(busy / 1000))
        return Attempt(lambda how: self._tell(key, client, how), wrong, delay)

    def digest(self, name: str) -> str:
        """Return what stands for an account's name. SEC who counts needs no name, and names in any case are one."""
        octets = name.casefold().encode("utf-8", "surrogatepass")
        return hashlib.blake2b(octets, key=self._secret, digest_size=16).hexdigest()

    def require_counting(self) -> None:
        """Raise a Refusal while Redis is lost."""
        if self._breaker.open:
            raise _reduced("this can't be counted now", _RETRY)

    def _run(self, script: Script, key: bytes, arguments: bytes) -> list[int]:
        try:
            answer = self._connections.run(script, key, arguments)
        except RedisError as ex:
            self._breaker.failed()
            raise _reduced("this can't be counted now", _RETRY) from ex
        self._breaker.succeeded()
        return answer

    def _tell(self, key: bytes, client: str, how: int) -> None:
        try:
            self._connections.run(self._login, key, _happened(how, client))
        except RedisError:  # the try stays a failed one
            self._breaker.failed()


def _happened(what: int, client: str) -> bytes:
    return pack(what, client.encode(), TRIES.allowed, TRIES.seconds, LONGEST)


def _early(wait: int) -> Refusal:
    return Refusal(
        "quota-exceeded",
        f"after wrong passwords the next try has to wait; come back in {wait} s",
        retry_after=wait,
        **{VIOLATED: (TRIES.name,)},
    )


def _reduced(why: str, wait: int) -> Refusal:
    return Refusal("temporary-reduced-capacity", f"{why}; try again in {wait} s", retry_after=wait)
