"""Counts what comes from an address before anybody is known, and holds it up where it is too much.

Nobody waits inside a thread: who has to wait is told so by 429 and Retry-After. What a worker has told an address once
it tells again without asking Redis, so a flood costs a look into a dictionary.
"""

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from redis.exceptions import RedisError

from api.accounts.recent import Recent
from api.breaker import Breaker
from api.gate.address import NO_PROXIES, Proxies, neighbourhood
from api.gate.logins import Attempt, Logins
from api.gate.rules import MISTAKES, PASSWORDS, Rule
from api.limits.fallback import Fallback
from api.limits.scripts import Connections, Script, pack
from api.problems import VIOLATED, Refusal

_HELD = 10_000


class Held(msgspec.Struct, frozen=True):
    """Until when an address waits by the monotonic clock, and why."""

    until: float
    rule: Rule
    blocked: bool


class Gate:
    """Connects at the first use, so never before a fork. Thread-safe.

    Without Redis each of `workers` processes counts its share, and nobody can log in: passwords must not be tried
    without being counted. `blocked` is told of each new block, once.
    """

    def __init__(
        self,
        redis_url: str,
        secret: bytes,
        proxies: Proxies = NO_PROXIES,
        *,
        workers: int = 1,
        timeout: float = 0.05,
        probe_every: float = 1.0,
        blocked: Callable[[str, Rule], None] = lambda _client, _rule: None,
    ) -> None:
        self.proxies = proxies
        self._workers = workers
        self._blocked = blocked
        self._connections = Connections(redis_url, timeout=timeout)
        self._strike = Script("strike.lua", arguments=5, folder=Path(__file__).parent)
        self._breaker = Breaker(self._answers, failures=3, interval=probe_every)
        self._fallbacks: dict[str, Fallback] = {}
        self._logins = Logins(self._connections, self._breaker, secret)
        self._held: Recent[Held] = Recent(_HELD)
        self._alert_until = 0.0

    @property
    def degraded(self) -> bool:
        """Whether Redis is taken for lost."""
        return self._breaker.open

    @property
    def alert(self) -> bool:
        """Whether any address has to wait, as far as this worker knows."""
        return time.monotonic() < self._alert_until

    def count(self, environ: Mapping[str, str], rule: Rule) -> None:
        """Count one request from an address; a Refusal if that is too much, or if the address is blocked."""
        self._count(environ, rule, 1)

    def count_name(self, name: str, rule: Rule) -> None:
        """Count something that is done to an account, whether or not there is one; a Refusal if that is too much."""
        self._count_one(self._logins.digest(name), rule, 1)

    def look(self, environ: Mapping[str, str], rule: Rule = MISTAKES) -> None:
        """Raise a Refusal if this worker knows that the address has to wait. Asks nobody."""
        self._look(neighbourhood(self.proxies.client(environ)), rule)

    def login(self, environ: Mapping[str, str], name: str) -> Attempt:
        """Begin a try of a password, counted as failed unless the attempt is told otherwise.

        Raises a Refusal if the address is blocked or has to wait, or if tries can't be counted now.
        """
        self._count(environ, PASSWORDS, 0)
        client = neighbourhood(self.proxies.client(environ))
        return self._logins.begin(name, client, wrong=lambda: self._count(environ, PASSWORDS, 1))

    def require_counting(self) -> None:
        """Raise a Refusal while Redis is lost, for routes that must not answer uncounted."""
        self._logins.require_counting()

    def close(self) -> None:
        """Stop probing and close all connections."""
        self._breaker.close()
        self._connections.close()

    def _count(self, environ: Mapping[str, str], rule: Rule, more: int) -> None:
        self._count_one(neighbourhood(self.proxies.client(environ)), rule, more)

    def _count_one(self, client: str, rule: Rule, more: int) -> None:
        self._look(client, rule)
        wait, blocked = self._asked(client, rule, more)
        if wait > 0:
            held = Held(time.monotonic() + wait, rule, blocked)
            self._held.put(_place(client, None if blocked else rule), held)
            self._alert_until = max(self._alert_until, held.until)
            raise _refused(held)

    def _look(self, client: str, rule: Rule) -> None:
        for place in (_place(client, None), _place(client, rule)):
            held = self._held.get(place)
            if held is None:
                continue
            if held.until > time.monotonic():
                raise _refused(held)
            self._held.drop(place)

    def _asked(self, client: str, rule: Rule, more: int) -> tuple[float, bool]:
        """Return the seconds that an address has to wait, and whether it is blocked."""
        if self._breaker.open:
            return self._alone(client, rule, more)
        arguments = pack(rule.name.encode(), rule.seconds, rule.allowed, rule.blocks, more)
        try:
            wait, blocked, is_new = self._connections.run(self._strike, b"kalpi:gate:{%b}" % client.encode(), arguments)
        except RedisError:
            self._breaker.failed()
            return self._alone(client, rule, more)
        self._breaker.succeeded()
        if is_new:
            self._blocked(client, rule)
        return wait / 1000, bool(blocked)

    def _alone(self, client: str, rule: Rule, more: int) -> tuple[float, bool]:
        if not more:
            return 0.0, False
        new = Fallback(workers=self._workers, minute_seconds=rule.seconds)
        verdict = self._fallbacks.setdefault(rule.name, new).take(client, rule.allowed)
        return (0.0 if verdict.allowed else float(verdict.minute.reset_seconds)), False

    def _answers(self) -> bool:
        try:
            self._connections.ping()
        except RedisError:
            return False
        return True


def _place(client: str, rule: Rule | None) -> bytes:
    return f"{client} {rule.name if rule else ''}".encode()


def _refused(held: Held) -> Refusal:
    wait = max(1, math.ceil(held.until - time.monotonic()))
    rule = held.rule
    if held.blocked:
        return Refusal(
            "abnormal-usage-detected",
            f"this address has done what attackers do and is blocked; it is free again in {wait} s",
            retry_after=wait,
        )
    return Refusal(
        "quota-exceeded",
        f"an address has {rule.allowed} in {rule.seconds} s ({rule.name}), and they are used up; wait for {wait} s",
        retry_after=wait,
        **{VIOLATED: (rule.name,)},
        allowed=f"{rule.allowed} in {rule.seconds} s",
    )
