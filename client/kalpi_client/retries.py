"""When a question is asked again. Every question of this package only reads, so any of them may be."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from kalpi_client.errors import KalpiError


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How often a question is asked, and how long is waited in between.

    After a 429, a 502, a 503, a 504 or no answer at all it is asked again, up to `attempts` times altogether. What
    Retry-After says is waited, unless that is more than `patience` seconds: then the error is raised at once. Without
    it the wait is random, up to `first` seconds doubled by each attempt, and at most `longest`, so that many clients
    do not come back together.
    """

    attempts: int = 4
    patience: float = 60.0
    first: float = 0.25
    longest: float = 8.0
    random: Callable[[], float] = random.random

    def wait(self, attempt: int, error: KalpiError) -> float | None:
        """Return the seconds to wait after an attempt that failed, counted from 1; None if it was the last."""
        if attempt >= self.attempts or not error.is_passing:
            return None
        if error.retry_after is None:
            return self.random() * min(self.longest, self.first * 2**attempt)
        if error.retry_after > self.patience:
            return None
        return error.retry_after + self.random() * self.first


NEVER = Retries(attempts=1)
