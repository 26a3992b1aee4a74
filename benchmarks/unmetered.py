"""The API without metering, authentication, audit and metrics, on the same gunicorn: what is left of a lookup's time.

Everyone is the same caller, no quota is taken or told, and no request is logged. All else is as served.
"""

from collections.abc import Callable, Iterable
from typing import Any

import falcon
import msgspec

from api import meter, wsgi
from api.accounts.lookup import Principal
from api.accounts.scopes import OF_KEYS
from api.accounts.tiers import Tier, seeded
from api.app import create_app
from api.audit.entry import ENTRY, Entry
from api.desk import Keys, Quotas
from api.limits import Verdict
from api.limits.verdict import Window
from api.metrics.instruments import Instruments
from api.settings import Settings
from api.store import open_engine

TIER = msgspec.structs.replace(seeded()[-1], concurrent_requests=None)
CALLER = Principal(
    account_id="anyone", tier=TIER, scopes=OF_KEYS, email="anyone@example.org", is_verified=True, token_version=0
)
ALLOWED = Verdict(allowed=True, violated=(), minute=Window(1, 1, 1), day=None)


class Everyone(Keys):
    """Knows everyone as the same caller."""

    available = True

    def knows(self, key_text: str) -> bool:  # noqa: ARG002
        """Know every key."""
        return True

    def principal(self, key_text: str) -> Principal:  # noqa: ARG002
        """Tell the one caller there is."""
        return CALLER

    def tiers(self) -> tuple[Tier, ...]:
        """Tell the one tier there is."""
        return (TIER,)


class Unlimited(Quotas):
    """Lets everything pass."""

    degraded = False

    def answers(self) -> bool:
        """Need nobody for it."""
        return True

    def take(self, account_id: str, tier: Tier, cost: int = 1) -> Verdict:  # noqa: ARG002
        """Take nothing."""
        return ALLOWED

    def look(self, account_id: str, tier: Tier) -> Verdict:  # noqa: ARG002
        """Look at nothing."""
        return ALLOWED

    def refund(self, account_id: str, verdict: Verdict) -> Verdict:  # noqa: ARG002
        """Give nothing back."""
        return verdict


def build() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return the API's application with these in place, called as Falcon would be."""
    settings = Settings.from_environment()
    deps = wsgi.opened(settings, Instruments(), open_engine(settings.database_url))
    app = create_app(msgspec.structs.replace(deps, keys=Everyone(), quotas=Unlimited()))
    vars(meter).update(headers=lambda _verdict, _tier: {})
    nothing = Entry(print, "unmetered", "127.0.0.1", "GET", None, 0.0)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[ENTRY] = nothing
        return falcon.App.__call__(app, environ, start_response)

    return application


def __getattr__(name: str) -> Callable[..., Iterable[bytes]]:
    if name != "application":
        raise AttributeError(name)
    return build()
