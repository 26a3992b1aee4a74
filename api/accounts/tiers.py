"""Tiers: how often, which indicators, how far back. Data, not code: a file seeds them, Postgres holds them."""

import calendar
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import msgspec


class Tier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account may ask for; None means no limit. A higher rank is let in wherever a lower one is."""

    name: str
    rank: int
    per_minute: int
    per_day: int | None = None
    indicators: frozenset[str] | None = None
    history_months: int | None = None

    def allows(self, indicator_id: str) -> bool:
        """Whether this tier may ask for the indicator."""
        return self.indicators is None or indicator_id in self.indicators

    def first_day(self, data_through: date) -> date | None:
        """The oldest day the tier may see, counted in calendar months back from the newest bar."""
        return None if self.history_months is None else _months_before(data_through, self.history_months)

    def as_row(self) -> dict[str, object]:
        """The tier as a row of the table `tiers`."""
        names = None if self.indicators is None else sorted(self.indicators)
        return {**msgspec.structs.asdict(self), "indicators": names}


@cache
def seeded() -> tuple[Tier, ...]:
    """The tiers of tiers.toml, by rank."""
    told = tomllib.loads((Path(__file__).parent / "tiers.toml").read_text(encoding="utf-8"))
    tiers = [msgspec.convert({"name": name, **rest}, Tier) for name, rest in told.items()]
    return tuple(sorted(tiers, key=lambda tier: tier.rank))


def least_tier_for(indicator_id: str, tiers: Iterable[Tier] | None = None) -> Tier | None:
    """The lowest tier that may ask for the indicator; of the seeded ones unless told otherwise."""
    return _least(tier for tier in tiers or seeded() if tier.allows(indicator_id))


def least_tier_for_history(start: date, data_through: date, tiers: Iterable[Tier] | None = None) -> Tier | None:
    """The lowest tier whose history reaches back to `start`."""
    return _least(tier for tier in tiers or seeded() if (tier.first_day(data_through) or date.min) <= start)


def _least(tiers: Iterable[Tier]) -> Tier | None:
    return min(tiers, key=lambda tier: tier.rank, default=None)


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day (31 May less 3 months is 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
