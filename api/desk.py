"""What the API works with, and what one resource has on its desk while it answers one question."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

import msgspec

from api.accounts.lookup import Principal
from api.accounts.office import Office
from api.accounts.tiers import Tier
from api.audit.entry import Entry
from api.audit.events import Events
from api.audit.history import Used
from api.edition import Edition
from api.formats import USUAL, Form
from api.gate import Gate
from api.limits import Verdict
from api.limits.running import Running
from api.mail import Outbox
from api.settings import Settings
from api.tokens.bearer import Tokens
from warehouse.intervals import DAILY, IntervalName
from warehouse.sandbox.pool import Sandbox


class Snapshots(Protocol):
    """Gives editions of snapshots; `Follower` is the real one."""

    @property
    def refused(self) -> dict[str, str]:
        """The snapshots not fit to be served, with the reason."""

    def edition(self, snapshot_id: str | None = None) -> Edition:
        """Return the served edition, or a kept one by id; raises NoSnapshot, UnknownSnapshot."""


class Keys(Protocol):
    """Tells whose a key is, and knows the tiers; `Authenticator` is the real one."""

    @property
    def available(self) -> bool:
        """Whether Postgres answered when last asked."""

    def knows(self, key_text: str) -> bool:
        """Whether this worker has looked the key up before."""

    def principal(self, key_text: str) -> Principal:
        """Tell who asks; raises one of `api.accounts.errors`."""

    def tiers(self) -> tuple[Tier, ...]:
        """Return all tiers by rank."""


class Quotas(Protocol):
    """Takes from an account's quotas and gives back; `Limiter` is the real one."""

    @property
    def degraded(self) -> bool:
        """Whether Redis is taken for lost."""

    def answers(self) -> bool:
        """Whether Redis answers now."""

    def take(self, account_id: str, tier: Tier, cost: int = 1) -> Verdict:
        """Take one request of the minute and `cost` units of the day, or nothing."""

    def look(self, account_id: str, tier: Tier) -> Verdict:
        """Tell what is left, and take nothing."""

    def refund(self, account_id: str, verdict: Verdict) -> Verdict:
        """Give the day's units back."""


class Requests(Protocol):
    """Keeps answered requests; `RequestLog` is the real one, and never fails."""

    def add(self, entry: Entry, octets: int) -> None:
        """Keep a request that was answered with so many bytes."""


class Usage(Protocol):
    """Tells what accounts used; `History` is the real one."""

    def of(self, account_id: str, first: date, last: date, *, skip: int, limit: int) -> tuple[Used, ...]:
        """Return what an account used in some days, oldest first; raises AccountsUnavailable."""


class Deps(msgspec.Struct, frozen=True):
    """All that `create_app` needs from outside."""

    snapshots: Snapshots
    keys: Keys
    tokens: Tokens
    office: Office
    outbox: Outbox
    quotas: Quotas
    gate: Gate
    running: Running
    events: Events
    requests: Requests
    history: Usage
    settings: Settings
    new_request_id: Callable[[], str]
    sandbox: Sandbox | None = None
    """What answers SQL; None: nothing does."""


class Desk(msgspec.Struct, frozen=True):
    """One request's view of it: who asks, and where the answers are."""

    deps: Deps
    caller: Principal | None  # None on public routes
    entry: Entry
    environ: Mapping[str, str]
    form: Form = USUAL

    @property
    def request_id(self) -> str:
        """What the request is called in our log."""
        return self.entry.request_id

    @property
    def principal(self) -> Principal:
        """Who asks; a public route must not care."""
        if self.caller is None:
            raise TypeError("nobody is known on a public route")
        return self.caller

    @property
    def tier(self) -> Tier:
        """The tier of who asks."""
        return self.principal.tier

    def edition(self, snapshot_id: str | None, interval: IntervalName = DAILY.name) -> Edition:
        """Return the edition to answer from; raises NoSnapshot, UnknownSnapshot."""
        edition = self.deps.snapshots.edition(snapshot_id)
        self.entry.snapshot = edition.id
        return edition if interval == edition.interval else edition.over(interval)

    def tiers(self) -> tuple[Tier, ...]:
        """Return all tiers by rank."""
        return self.deps.keys.tiers()

    def record(
        self, kind: str, *, account_id: str | None = None, key_id: str | None = None, **detail: str | int | None
    ) -> None:
        """Record a security event of this request; of its caller's account and key, unless others are told."""
        if self.caller and account_id is None:
            account_id, key_id = self.caller.account_id, key_id or self.caller.key_id
        entry = self.entry
        self.deps.events.record(
            kind,
            account_id=account_id,
            key_id=key_id,
            client=entry.client,
            request_id=entry.request_id,
            **detail,
        )
