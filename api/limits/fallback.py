"""Counts in this process alone while Redis is lost, so that it can't be used to take without end."""

import threading
import time

from api.limits.verdict import Verdict, Window


class Fallback:
    """Each of `workers` processes gives out its share of a minute's quota, and at least one request."""

    def __init__(self, *, workers: int, minute_seconds: int) -> None:
        self._workers = workers
        self._seconds = minute_seconds
        self._window = 0
        self._used: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, account_id: str, per_minute: int, requests: int = 1) -> Verdict:
        """Count one request of the account in this minute, or none to see what is left."""
        share = max(1, per_minute // self._workers)
        now = int(time.time())
        window = now // self._seconds
        with self._lock:
            if window != self._window:
                self._window = window
                self._used.clear()
            used = self._used.get(account_id, 0)
            allowed = used + requests <= share
            if allowed:
                self._used[account_id] = used = used + requests
        minute = Window(quota=share, left=share - used, reset_seconds=(window + 1) * self._seconds - now)
        return Verdict(allowed=allowed, violated=() if allowed else ("minute",), minute=minute, day=None, degraded=True)
