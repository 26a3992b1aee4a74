"""GET /v1/usage: what an account asked, by day, route and key, and what its quota has counted today."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from api import cursors
from api.cursors import Cursor
from api.desk import Desk
from api.problems import Refusal
from api.questions import CursorText, Limit
from api.reply import Reply, whole

_USUAL = timedelta(days=29)


class UsageQuestion(msgspec.Struct, kw_only=True):
    """Some days of an account's own use."""

    start: Annotated[date | None, Meta(description="The first day, YYYY-MM-DD (UTC); else 29 days before `end`.")] = (
        None
    )
    end: Annotated[date | None, Meta(description="The last day, YYYY-MM-DD (UTC); else today.")] = None
    limit: Limit = 1_000
    cursor: CursorText = None


class UsageItem(msgspec.Struct, frozen=True, kw_only=True):
    """What one key asked of one route on one day."""

    date: str
    route: str
    key: Annotated[str | None, Meta(description="The key's id; a token counts as its key. Null in a session.")]
    requests: Annotated[int, Meta(description="All that were answered, errors and 304s included.")]
    units: Annotated[int, Meta(description="Units of the day that they cost.")]
    errors: Annotated[int, Meta(description="Answers with a status of 400 or more.")]
    bytes: Annotated[int, Meta(description="Bytes of the answers' bodies.")]


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """The day's quota as it is counted now, ahead of the items by what was answered in the last second."""

    date: str
    used: Annotated[int | None, Meta(description="Null without a daily quota, and while counters are lost.")]
    quota: Annotated[int | None, Meta(description="Null without a daily quota.")]


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """An account's use: days in order, in each of them key by key and route by route."""

    account: str
    start: str
    end: str
    today: Today
    items: tuple[UsageItem, ...]
    next_cursor: str | None


def usage(question: UsageQuestion, desk: Desk) -> Reply:
    """Return the account's use of some days; raises AccountsUnavailable, or a Refusal of the days or the cursor."""
    now = datetime.now(UTC).date()
    last = question.end or now
    first = question.start or last - _USUAL
    if first > last:
        raise _after(first, last)
    asked = cursors.fingerprint("usage", desk.principal.account_id, first, last)
    cursor = cursors.read(question.cursor, asked)
    skip = cursors.check(question.cursor, cursor.position, 0, 10**9) if cursor else 0
    found = desk.deps.history.of(desk.principal.account_id, first, last, skip=skip, limit=question.limit + 1)
    shown = found[: question.limit]
    answer = Usage(
        account=desk.principal.account_id,
        start=first.isoformat(),
        end=last.isoformat(),
        today=_today(now, desk),
        items=tuple(
            UsageItem(
                date=one.day.isoformat(),
                route=one.route,
                key=one.key_id or None,
                requests=one.requests,
                units=one.units,
                errors=one.errors,
                bytes=one.bytes,
            )
            for one in shown
        ),
        next_cursor=cursors.write(Cursor("", skip + len(shown), asked)) if len(found) > len(shown) else None,
    )
    return whole(answer, tagged=False)


def _today(now: date, desk: Desk) -> Today:
    tier = desk.tier
    counted = desk.deps.quotas.look(desk.principal.account_id, tier).day if tier.per_day is not None else None
    used = None if counted is None else counted.quota - counted.left
    return Today(date=now.isoformat(), used=used, quota=tier.per_day)


def _after(first: date, last: date) -> Refusal:
    return Refusal(
        "start-after-end",
        f"start={first} is not allowed: up to {last}, the end",
        parameter="start",
        given=first.isoformat(),
        allowed=f"up to {last}",
    )
