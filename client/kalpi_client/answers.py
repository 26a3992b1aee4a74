"""Answers that are not rows, as typed records; what a newer server tells beyond them is left out."""

from datetime import date, datetime

import msgspec

Value = int | float | str


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator's parameter: its bounds, both allowed, or its words."""

    name: str
    type: str
    default: Value
    minimum: int | float | None
    maximum: int | float | None
    description: str
    aliases: tuple[str, ...]
    choices: tuple[str, ...] = ()
    convention: bool = False


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator's output, and whether a rule may be built on it."""

    name: str
    unit: str
    description: str
    minimum: float | None
    maximum: float | None
    causal: bool
    repaints: bool
    display_shift: int


class Elsewhere(msgspec.Struct, frozen=True):
    """An indicator's name in another system, with that system's parameters."""

    system: str
    name: str
    defaults: dict[str, Value | None]


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as the catalogue tells it."""

    id: str
    title: str
    meaning: str
    formula: str | None
    family: str
    inputs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    profiles: dict[str, dict[str, Value]]
    lookback: int
    memory: str
    settles_after: int | None
    causal: bool
    repaints: bool
    elsewhere: tuple[Elsewhere, ...]
    stored: tuple[str, ...]
    stored_by_interval: dict[str, tuple[str, ...]]
    least_tier: str | None
    source: str


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """Some values of one symbol on one day, by column; null means no value."""

    symbol: str
    date: date
    interval: str = "1d"
    partial: bool = False
    snapshot: str
    data_through: date
    values: dict[str, float | None]


class Gap(msgspec.Struct, frozen=True):
    """Sessions in a row without a bar."""

    first: date
    last: date
    sessions: int
    reason: str


class Coverage(msgspec.Struct, frozen=True):
    """Sessions that the calendar expects against those that have a bar."""

    calendar: str
    expected: int
    present: int
    gaps: tuple[Gap, ...]
    behind: int


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol, and how far its bars reach."""

    symbol: str
    first_date: date
    last_date: date
    bars: int
    snapshot: str
    data_through: date
    checks: str
    coverage: Coverage | None


class Table(msgspec.Struct, frozen=True):
    """A table of a snapshot, and how many of its checks passed."""

    name: str
    rows: int
    checks: int
    passed: int


class Warned(msgspec.Struct, frozen=True):
    """A check that did not pass and blocks nothing."""

    table: str
    check: str
    detail: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A published snapshot."""

    id: str
    served: bool
    created_at: datetime
    data_through: date
    schema_version: int
    catalogue_version: str
    content: str
    batches: int
    checks: str
    warnings: tuple[Warned, ...]
    tables: tuple[Table, ...]


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Whose the key is, and what the account's tier allows; None is no limit."""

    account: str
    email: str
    email_verified: bool
    key: str | None
    session: str | None
    scopes: tuple[str, ...]
    tier: str
    per_minute: int
    per_day: int | None
    indicators: tuple[str, ...] | None
    history_months: int | None
    batch_size: int | None
    formats: tuple[str, ...] | None
    endpoints: tuple[str, ...] | None
    concurrent_requests: int | None
    first_date: date | None


class Units(msgspec.Struct, frozen=True):
    """Requests of the minute and units of the day; None where none are counted."""

    minute: int
    day: int | None


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The price of a question, what it would leave, and whether the quotas let it through now."""

    cost: Units
    left: Units
    allowed: bool
    retry_after: int | None
