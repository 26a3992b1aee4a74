"""What Postgres holds for the API: accounts, keys and tiers, their migrations, and an engine that never hangs."""

from api.store.deadline import within
from api.store.engine import LOST, open_engine
from api.store.migration import migrate

__all__ = ["LOST", "migrate", "open_engine", "within"]
