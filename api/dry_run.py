"""`dry_run=1`: what a question costs and what it would leave, for nothing."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api.limits import Verdict
from api.problems import Refusal

NAME = "dry_run"
_WORDS = {"0": False, "1": True}
PARAMETER: dict[str, Any] = {
    "name": NAME,
    "in": "query",
    "required": False,
    "description": "1 answers with the price of the question and what it would leave, and takes nothing.",
    "schema": {"type": "integer", "enum": [0, 1], "default": 0},
}


class Units(msgspec.Struct, frozen=True):
    """Units of the day and requests of the minute."""

    minute: int
    day: Annotated[int | None, Meta(description="Null without a daily quota, and while counters are lost.")]


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The price of a question."""

    cost: Units
    left: Annotated[Units, Meta(description="What there would be afterwards; what there is now if it isn't allowed.")]
    allowed: Annotated[bool, Meta(description="Whether the quotas let it through now.")]
    retry_after: Annotated[int | None, Meta(description="Seconds until they do; null if they do now.")]


def wanted(given: str | list[str]) -> bool:
    """Read the parameter; a Refusal unless it is 0 or 1, once."""
    if isinstance(given, list):
        raise Refusal("repeated-parameter", f"{NAME} is given twice", parameter=NAME, given=given, allowed="once")
    if given not in _WORDS:
        raise Refusal(
            "parameter-out-of-bounds",
            f"{NAME}={given!r} is not allowed: 0 or 1",
            parameter=NAME,
            given=given,
            allowed=sorted(_WORDS),
        )
    return _WORDS[given]


def cost_of(price: int, verdict: Verdict) -> Cost:
    """Return what a question of this price would leave."""
    minute, day = verdict.minute, verdict.day
    waits = [minute.reset_seconds] if minute.left < 1 else []
    if day is not None and day.left < price:
        waits.append(day.reset_seconds)
    taken = 0 if waits else 1
    return Cost(
        cost=Units(minute=1, day=price),
        left=Units(minute=minute.left - taken, day=None if day is None else day.left - taken * price),
        allowed=not waits,
        retry_after=max(waits, default=None),
    )
