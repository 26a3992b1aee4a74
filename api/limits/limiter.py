"""The quotas of an account: so many requests a minute, so many units a day (UTC), exact over all workers and hosts."""

import time
from functools import lru_cache

import msgspec
from redis.exceptions import RedisError

from api.accounts.tiers import Tier
from api.breaker import Breaker
from api.limits.counts import LOOK_EVERY, Count
from api.limits.fallback import Fallback
from api.limits.leases import Leases, Order, Supply
from api.limits.losses import Answered, Losses, key_of
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
        look_every: float = LOOK_EVERY,
        answered: Answered = lambda _: {},
    ) -> None:
        self._minute_seconds = minute_seconds
        self._day_seconds = day_seconds
        self._connections = Connections(redis_url, timeout=timeout)
        self._take = Script("take.lua", arguments=8)
        self._breaker = Breaker(self._pings, failures=3, interval=probe_every)
        self._fallback = Fallback(workers=workers, minute_seconds=minute_seconds)
        self._leases = Leases(self._give_back)
        self._losses = Losses(
            self._connections,
            self._breaker,
            self._counted,
            answered,
            day_seconds=day_seconds,
            look_every=look_every,
        )

    @property
    def degraded(self) -> bool:
        """Whether Redis is taken for lost."""
        return self._breaker.open

    def answers(self) -> bool:
        """Whether Redis answers now; while it is taken for lost, nobody asks."""
        return not self._breaker.open and self._pings()

    def take(self, account_id: str, tier: Tier, cost: int = 1) -> Verdict:
        """Ask for one request of the minute and `cost` units of the day: all of it or nothing.

        A tier without a daily quota is answered from a lease where there is one.
        """
        if tier.per_day is not None:
            return self._ask(account_id, tier, Order(cost))
        spent = self._leases.spend(account_id, tier.per_minute, cost)
        if isinstance(spent, Verdict):
            return spent
        try:
            return msgspec.structs.replace(self._ask(account_id, tier, spent), cost=cost)
        finally:
            if spent.lease and spent.fills:
                spent.lease.asking = False

    def look(self, account_id: str, tier: Tier) -> Verdict:
        """Tell what is left, and take nothing. What other workers hold on a lease counts as taken."""
        verdict = self._ask(account_id, tier, Order(0, most=0))
        left = verdict.minute.left + self._leases.held(account_id)
        return msgspec.structs.replace(verdict, minute=msgspec.structs.replace(verdict.minute, left=left))

    def refund(self, account_id: str, verdict: Verdict) -> Verdict:
        """Give the day's units of an allowed request back, and tell what is left now. The minute keeps its request."""
        if not verdict.allowed or verdict.degraded or not verdict.cost or self._breaker.open:
            return verdict
        try:
            used = self._losses.refund(account_id, verdict.day_start, verdict.cost)
        except RedisError:
            self._breaker.failed()
            return verdict
        self._losses.counts.corrected(account_id, verdict.day_start, used)
        day = verdict.day and msgspec.structs.replace(verdict.day, left=max(0, verdict.day.quota - used))
        return msgspec.structs.replace(verdict, day=day, cost=0)

    def close(self) -> None:
        """Stop probing, give the leases back and close all connections."""
        self._breaker.close()
        self._losses.close()
        self._leases.close()
        self._connections.close()

    def _ask(self, account_id: str, tier: Tier, order: Order) -> Verdict:
        if self._breaker.open:
            return self._fallback.take(account_id, tier.per_minute, min(1, order.most))
        sent = time.monotonic()
        try:
            violated, given, minute_used, day_used, now, micros, born = self._run(
                account_id, order, tier.per_minute, tier.per_day
            )
        except RedisError:
            self._breaker.failed()
            return self._fallback.take(account_id, tier.per_minute, min(1, order.most))
        self._breaker.succeeded()
        minute_reset = self._minute_seconds - now % self._minute_seconds
        day_reset = self._day_seconds - now % self._day_seconds
        minute, day = now + minute_reset - self._minute_seconds, now + day_reset - self._day_seconds
        if tier.per_day is not None:
            lost = self._losses.counts.note(Count(account_id, day, born, day_used))
            if lost and self._losses.restore(account_id, day, lost, undo=0 if violated else order.cost):
                return self._ask(account_id, tier, order)
        left = max(0, tier.per_minute - minute_used)
        if order.lease:
            ends = sent + minute_reset - micros / 1e6
            left = self._leases.fill(order, Supply(given, left, minute, day, sent, ends))
        return Verdict(
            allowed=violated == 0,
            violated=_VIOLATED[violated],
            minute=Window(tier.per_minute, left, minute_reset),
            day=None if tier.per_day is None else Window(tier.per_day, max(0, tier.per_day - day_used), day_reset),
            cost=order.cost,
            day_start=day,
        )

    def _counted(self, account_id: str) -> Count:
        _, _, _, used, now, _, born = self._run(account_id, Order(0, most=0), 0, None)
        return Count(account_id, now - now % self._day_seconds, born, used)

    def _give_back(self, account_id: str, order: Order) -> bool:
        try:
            self._run(account_id, order, 0, None)
        except RedisError:
            self._breaker.failed()
            return False
        return True

    def _run(self, account_id: str, order: Order, per_minute: int, per_day: int | None) -> list[int]:
        windows = self._minute_seconds, self._day_seconds, per_minute, -1 if per_day is None else per_day
        arguments = _packed(*windows, order.cost, order.most, order.back, order.minute)
        again = _packed(*windows, order.cost, order.most, 0, 0) if order.back else arguments
        return self._connections.run(self._take, key_of(account_id), arguments, again=again)

    def _pings(self) -> bool:
        try:
            self._connections.ping()
        except RedisError:
            return False
        return True


@lru_cache(maxsize=1024)
def _packed(*numbers: int) -> bytes:
    return pack(*numbers)
