"""The quotas of an account: so many requests a minute, so many units a day (UTC), exact over all workers and hosts."""

from functools import lru_cache

import msgspec
from redis.exceptions import RedisError

from api.accounts.tiers import Tier
from api.breaker import Breaker
from api.limits.fallback import Fallback
from api.limits.scripts import Connections, Script, pack
from api.limits.verdict import Verdict, Window

_VIOLATED = ((), ("minute",), ("day",), ("minute", "day"))


class Limiter:
    """Takes from the quotas and gives back. Connects at the first use, so never before a fork.

    While Redis is lost it answers at once with `degraded` verdicts, and looks for Redis once in `probe_every` seconds.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        workers: int = 1,
        minute_seconds: int = 60,
        day_seconds: int = 86_400,
        timeout: float = 0.05,
        probe_every: float = 1.0,
    ) -> None:
        self._minute_seconds = minute_seconds
        self._day_seconds = day_seconds
        self._connections = Connections(redis_url, timeout=timeout)
        self._take = Script("take.lua", arguments=5)
        self._refund = Script("refund.lua", arguments=2)
        self._breaker = Breaker(self._answers, failures=3, interval=probe_every)
        self._fallback = Fallback(workers=workers, minute_seconds=minute_seconds)

    @property
    def degraded(self) -> bool:
        """Whether Redis is taken for lost."""
        return self._breaker.open

    def take(self, account_id: str, tier: Tier, cost: int = 1) -> Verdict:
        """Ask for one request of the minute and `cost` units of the day: all of it or nothing."""
        if self._breaker.open:
            return self._fallback.take(account_id, tier.per_minute)
        unlimited = tier.per_day is None
        per_day = -1 if unlimited else tier.per_day
        arguments = _packed(self._minute_seconds, self._day_seconds, tier.per_minute, per_day, cost)
        try:
            violated, minute_used, day_used, now = self._connections.run(self._take, _key(account_id), arguments)
        except RedisError:
            self._breaker.failed()
            return self._fallback.take(account_id, tier.per_minute)
        self._breaker.succeeded()
        minute_seconds, day_seconds = self._minute_seconds, self._day_seconds
        return Verdict(
            allowed=violated == 0,
            violated=_VIOLATED[violated],
            minute=Window(
                tier.per_minute, max(0, tier.per_minute - minute_used), minute_seconds - now % minute_seconds
            ),
            day=None if unlimited else Window(per_day, max(0, per_day - day_used), day_seconds - now % day_seconds),
            cost=cost,
            day_start=now - now % day_seconds,
        )

    def refund(self, account_id: str, verdict: Verdict) -> Verdict:
        """Give the day's units of an allowed request back, and tell what is left now. The minute keeps its request."""
        if not verdict.allowed or verdict.degraded or not verdict.cost or self._breaker.open:
            return verdict
        try:
            (used,) = self._connections.run(self._refund, _key(account_id), pack(verdict.day_start, verdict.cost))
        except RedisError:
            self._breaker.failed()
            return verdict
        day = verdict.day and msgspec.structs.replace(verdict.day, left=max(0, verdict.day.quota - used))
        return msgspec.structs.replace(verdict, day=day, cost=0)

    def close(self) -> None:
        """Close all connections and stop probing."""
        self._breaker.close()
        self._connections.close()

    def _answers(self) -> bool:
        try:
            self._connections.ping()
        except RedisError:
            return False
        return True


def _key(account_id: str) -> bytes:
    return b"kalpi:quota:{%b}" % account_id.encode()


@lru_cache(maxsize=1024)
def _packed(*numbers: int) -> bytes:
    return pack(*numbers)
