"""How much: the counters of each account, by minute and by day, in Redis."""

from api.limits.limiter import Limiter
from api.limits.verdict import Verdict, Window

__all__ = ["Limiter", "Verdict", "Window"]
