"""What a limiter's verdict says in headers (draft-ietf-httpapi-ratelimit-headers: lists of quoted policies)."""

from functools import lru_cache

from api.accounts.tiers import Tier
from api.limits import Verdict
from api.problems import VIOLATED, Refusal

BYPASS = "kalpi; fwd=bypass; detail=redis-unavailable"


def headers(verdict: Verdict, tier: Tier) -> dict[str, str]:
    """Return the headers of a counted answer."""
    if verdict.degraded:
        return {"RateLimit-Policy": f'"degraded";q={tier.per_minute};w=60', "Cache-Status": BYPASS}
    minute, day = verdict.minute, verdict.day
    left = f'"minute";r={minute.left};t={minute.reset_seconds}'
    if day is not None:
        left = f'{left}, "day";r={day.left};t={day.reset_seconds}'
    return {"RateLimit-Policy": _policy(tier.per_minute, tier.per_day), "RateLimit": left}


def exceeded(verdict: Verdict, tier: Tier) -> Refusal:
    """Return the refusal of a request that goes beyond a quota."""
    quotas = {"minute": f"{tier.per_minute} a minute", "day": f"{tier.per_day} a day"}
    allowed = " and ".join(quotas[name] for name in verdict.violated)
    wait = max(1, verdict.retry_after)
    short = verdict.day is not None and 0 < verdict.day.left < verdict.cost
    why = f"this costs {verdict.cost} of the day, and {verdict.day.left} are left" if short else "they are used up"
    return Refusal(
        "quota-exceeded",
        f"the tier {tier.name} has {allowed}, and {why}; there is more in {wait} s",
        retry_after=wait,
        **{VIOLATED: verdict.violated},
        allowed=allowed,
        tier=tier.name,
    )


def too_many(allowed: int, tier: Tier) -> Refusal:
    """Return the refusal of a request beside too many others of its account."""
    return Refusal(
        "too-many-at-once",
        f"the tier {tier.name} has {allowed} requests at once; wait for an answer",
        retry_after=1,
        allowed=f"at most {allowed}",
        tier=tier.name,
    )


@lru_cache(maxsize=256)
def _policy(per_minute: int, per_day: int | None) -> str:
    daily = "" if per_day is None else f', "day";q={per_day};w=86400'
    return f'"minute";q={per_minute};w=60{daily}'
