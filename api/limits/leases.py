"""Leases: requests of a minute taken from Redis ahead, so that most requests need no round trip."""

import atexit
import math
import threading
import time
from collections.abc import Callable

import msgspec

from api.limits.verdict import Verdict, Window

_SECONDS = 0.25
"""How long a lease lives, and how often idle ones are looked for: together, what a leftover waits at most."""
_MOST = 32
_MARGIN = 0.01
"""Seconds before the minute's end when a lease ends: clocks may differ a little in what they call 0.25 s."""
_ACCOUNTS = 4096


class Lease(msgspec.Struct, gc=False):
    """An account's requests taken ahead. Times are this process' monotonic clock, `minute` and `day` are Redis'."""

    minute: int = -1
    day: int = -1
    minute_ends: float = 0.0
    expires: float = 0.0
    given: int = 0
    left: int = 0
    told: int = 0
    """What an answer said is left of the minute; it only falls until the minute is over."""
    cost: int = 0
    """Units of the day that Redis does not know of yet."""
    asking: bool = False


class Order(msgspec.Struct, frozen=True, gc=False):
    """What Redis is to be asked for, and what it gets back. Only one order at a time `fills` a lease."""

    cost: int
    most: int = 1
    back: int = 0
    minute: int = 0
    lease: Lease | None = None
    fills: bool = False


class Supply(msgspec.Struct, frozen=True, gc=False):
    """What Redis gave for an order; `sent` and `minute_ends` by our own clock, `minute` and `day` by Redis'."""

    given: int
    left: int
    minute: int
    day: int
    sent: float
    minute_ends: float


class Leases:
    """The leases of one process. Thread-safe; its thread starts with the first lease, so never before a fork.

    A leftover is given back once at most: should it get lost on the way, the account has less, never more.
    """

    def __init__(self, give_back: Callable[[str, Order], bool]) -> None:
        self._give_back = give_back
        self._leases: dict[str, Lease] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def spend(self, account_id: str, per_minute: int, cost: int) -> Verdict | Order:
        """Allow a request from the account's lease, or tell what to ask Redis for."""
        now = time.monotonic()
        with self._lock:
            lease = self._leases.get(account_id) or self._opened(account_id)
            if lease is None or now >= lease.expires or not lease.left:
                return Order(cost, lease=lease) if lease is None or lease.asking else _order(lease, cost, now)
            lease.left -= 1
            lease.told = told = max(0, lease.told - 1)
            lease.cost += cost
            minute = Window(per_minute, told, math.ceil(lease.minute_ends - now))
            return Verdict(allowed=True, violated=(), minute=minute, day=None, cost=cost, day_start=lease.day)

    def held(self, account_id: str) -> int:
        """Return the requests that an account has on a lease here."""
        lease = self._leases.get(account_id)
        return lease.left if lease and time.monotonic() < lease.expires else 0

    def fill(self, order: Order, supply: Supply) -> int:
        """Keep what Redis gave beyond the one request asked for, and return what is left of the minute."""
        lease = order.lease
        if lease is None:
            return supply.left
        with self._lock:
            if supply.minute < lease.minute:
                return supply.left
            if supply.minute > lease.minute:
                lease.minute, lease.day = supply.minute, supply.day
                lease.left, lease.told = 0, supply.left + supply.given  # leftovers of the old minute are void
            if order.fills:
                lease.given, lease.left = supply.given, max(0, supply.given - 1)
                lease.minute_ends = supply.minute_ends
                lease.expires = min(supply.sent + _SECONDS, supply.minute_ends - _MARGIN)
            lease.told = min(lease.told, supply.left + lease.left)
            return lease.told

    def close(self) -> None:
        """Give everything back and lease no more."""
        atexit.unregister(self.close)
        self._closing.set()
        if self._thread:
            self._thread.join()
        self._return(math.inf)

    def _opened(self, account_id: str) -> Lease | None:
        if len(self._leases) >= _ACCOUNTS or self._closing.is_set():
            return None
        if self._thread is None:
            self._thread = threading.Thread(target=self._sweep, name="lease-returner", daemon=True)
            self._thread.start()
            atexit.register(self.close)
        lease = self._leases[account_id] = Lease()
        return lease

    def _sweep(self) -> None:
        while not self._closing.wait(_SECONDS):
            self._return(time.monotonic())

    def _return(self, now: float) -> None:
        """Forget the leases that have expired, and give their leftovers back until one can't be."""
        with self._lock:
            idle = [(name, lease) for name, lease in self._leases.items() if lease.expires <= now and not lease.asking]
            for name, _ in idle:
                del self._leases[name]
        for name, lease in idle:
            order = Order(lease.cost, most=0, back=lease.left, minute=lease.minute)
            if (lease.left or lease.cost) and not self._give_back(name, order):
                return


def _order(lease: Lease, cost: int, now: float) -> Order:
    """Ask for twice what was spent if that was all and in time, else for as much: a slow client gets one by one."""
    spent = lease.given - lease.left
    most = 2 * spent if now < lease.expires else spent
    order = Order(lease.cost + cost, max(1, min(_MOST, most)), lease.left, lease.minute, lease, fills=True)
    lease.left = lease.given = lease.cost = 0
    lease.asking = True
    return order
