"""GET /v1/me: whose the credential is and what its tier allows; and the end of an account, by its owner."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api.accounts.directory import Holder
from api.days import iso
from api.desk import Desk
from api.questions import Nothing
from api.reply import Reply, whole
from api.resources.login import Password, proven
from api.resources.users import Told
from warehouse.snapshots import NoSnapshot


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it sees itself; a null is no limit. What is left of the quotas stands in `RateLimit`."""

    account: str
    email: str
    email_verified: bool
    key: Annotated[str | None, Meta(description="The key's id; null in a session.")]
    session: Annotated[str | None, Meta(description="The session's id; null with a key.")]
    scopes: Annotated[tuple[str, ...], Meta(description="What this credential is for.")]
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


class EndQuestion(msgspec.Struct, kw_only=True):
    """The password once more, as there is no way back."""

    password: Password


def disable(question: EndQuestion, desk: Desk) -> Reply:
    """Switch the account off: keys and sessions let nobody in, and only who runs the server can switch it on again."""
    holder = _own(question, desk)
    desk.deps.office.directory.disable(holder.id)
    desk.record("account-disabled", by="owner")
    return whole(Told("the account is disabled"), tagged=False)


def delete(question: EndQuestion, desk: Desk) -> Reply:
    """Delete the account with its address, password, keys and sessions."""
    holder = _own(question, desk)
    desk.deps.office.directory.delete(holder.id)
    desk.record("account-deleted", by="owner")
    return whole(Told("the account is deleted"), tagged=False)


def me(_question: Nothing, desk: Desk) -> Reply:
    """Return the account."""
    principal, tier = desk.principal, desk.tier
    answer = Me(
        account=principal.account_id,
        email=principal.email,
        email_verified=principal.is_verified,
        key=principal.key_id,
        session=principal.session_id,
        scopes=tuple(sorted(principal.scopes)),
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


def _own(question: EndQuestion, desk: Desk) -> Holder:
    return proven(desk.principal.email, question.password, desk)


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
