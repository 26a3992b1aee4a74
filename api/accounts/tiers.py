"""Tiers: how often, how many at once, which questions. Data, not code: a file seeds them, Postgres holds them."""

import calendar
import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

_MOST = 2**31 - 1
_Some = Annotated[int, Meta(ge=1, le=_MOST)]


class Tier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account may ask for; None means no limit. A higher rank is let in wherever a lower one is."""

    name: Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_-]{0,31}\Z")]
    rank: Annotated[int, Meta(ge=-1000, le=1000)]
    per_minute: _Some
    per_day: Annotated[int, Meta(ge=0, le=_MOST)] | None = None
    indicators: frozenset[str] | None = None
    history_months: _Some | None = None
    batch_size: _Some | None = None
    """Items of one batch."""
    formats: frozenset[str] | None = None
    endpoints: frozenset[str] | None = None
    """Groups of routes, of those that cost something of the day."""
    concurrent_requests: _Some | None = None

    @property
    def limits_routes(self) -> bool:
        """Whether there are routes or formats that this tier has not."""
        return self.endpoints is not None or self.formats is not None

    def allows(self, indicator_id: str) -> bool:
        """Whether this tier may ask for the indicator."""
        return self.indicators is None or indicator_id in self.indicators

    def first_day(self, data_through: date) -> date | None:
        """The oldest day the tier may see, counted in calendar months back from the newest bar."""
        return None if self.history_months is None else _months_before(data_through, self.history_months)

    def as_row(self) -> dict[str, object]:
        """The tier as a row of the table `tiers`."""
        fields = msgspec.structs.asdict(self)
        return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()}


@cache
def seeded() -> tuple[Tier, ...]:
    """The tiers of tiers.toml, by rank."""
    told = tomllib.loads((Path(__file__).parent / "tiers.toml").read_text(encoding="utf-8"))
    tiers = [msgspec.convert({"name": name, **rest}, Tier) for name, rest in told.items()]
    return tuple(sorted(tiers, key=lambda tier: tier.rank))


def least_tier(allows: Callable[[Tier], bool], tiers: Iterable[Tier] | None = None) -> Tier | None:
    """The lowest tier that allows something; of the seeded ones unless told otherwise."""
    return min(filter(allows, tiers or seeded()), key=lambda tier: tier.rank, default=None)


def least_tier_for(indicator_id: str, tiers: Iterable[Tier] | None = None) -> Tier | None:
    """The lowest tier that may ask for the indicator."""
    return least_tier(lambda tier: tier.allows(indicator_id), tiers)


def least_tier_for_history(start: date, data_through: date, tiers: Iterable[Tier] | None = None) -> Tier | None:
    """The lowest tier whose history reaches back to `start`."""
    return least_tier(lambda tier: (tier.first_day(data_through) or date.min) <= start, tiers)


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day (31 May less 3 months is 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
