"""GET /v1/me: who the key belongs to and what its tier allows."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api.days import iso
from api.desk import Desk
from api.questions import Nothing
from api.reply import Reply, whole
from warehouse.snapshots import NoSnapshot


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its own key sees it; a null is no limit. What is left of the quotas stands in `RateLimit`."""

    account: str
    key: Annotated[str, Meta(description="The key's id; its secret is told once, when it is made.")]
    tier: str
    per_minute: int
    per_day: int | None
    indicators: tuple[str, ...] | None
    history_months: int | None
    batch_size: int | None
    formats: tuple[str, ...] | None
    endpoints: Annotated[
        tuple[str, ...] | None, Meta(description="Groups of routes, of those that cost something of the day.")
    ]
    concurrent_requests: int | None
    first_date: Annotated[str | None, Meta(description="The first day this tier sees in the current snapshot.")]


def me(_question: Nothing, desk: Desk) -> Reply:
    """Return the account."""
    principal, tier = desk.principal, desk.tier
    answer = Me(
        account=principal.account_id,
        key=principal.key_id,
        tier=tier.name,
        per_minute=tier.per_minute,
        per_day=tier.per_day,
        indicators=_sorted(tier.indicators),
        history_months=tier.history_months,
        batch_size=tier.batch_size,
        formats=_sorted(tier.formats),
        endpoints=_sorted(tier.endpoints),
        concurrent_requests=tier.concurrent_requests,
        first_date=_first_date(desk),
    )
    return whole(answer, tagged=False)


def _sorted(names: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(sorted(names))


def _first_date(desk: Desk) -> str | None:
    if desk.tier.history_months is None:
        return None
    try:
        edition = desk.edition(None)
    except NoSnapshot:
        return None
    return iso(edition.window(desk.tier))
