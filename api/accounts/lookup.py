"""What Postgres knows of a key: the key, its account and its tier, in one query."""

import hmac
import time
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from api.accounts.errors import DisabledAccount, ExpiredKey, RevokedKey
from api.accounts.keys import Key
from api.accounts.tiers import Tier
from api.store.models import Account, ApiKey, TierRow


class Principal(msgspec.Struct, frozen=True):
    """Who asks: the account, the key it came with, and its tier."""

    account_id: str
    key_id: str
    tier: Tier


class Finding(msgspec.Struct, frozen=True):
    """A key as it was found, and when by the monotonic clock. Whether it lets anyone in is asked at each use."""

    principal: Principal
    read_at: float
    expires_at: float | None
    revoked: bool
    disabled: bool

    def admit(self) -> Principal:
        """Tell who asks; RevokedKey, ExpiredKey or DisabledAccount if nobody may."""
        if self.revoked:
            raise RevokedKey(f"the API key {self.principal.key_id} was revoked")
        if self.expires_at is not None and time.time() >= self.expires_at:
            raise ExpiredKey(f"the API key {self.principal.key_id} has expired")
        if self.disabled:
            raise DisabledAccount(f"the account of the API key {self.principal.key_id} is disabled")
        return self.principal


_FIND = (
    select(ApiKey, Account, TierRow)
    .with_only_columns(
        ApiKey.digest,
        ApiKey.account_id,
        ApiKey.expires_at,
        ApiKey.revoked_at,
        Account.disabled_at,
        *TierRow.__table__.columns,
    )
    .join(Account, Account.id == ApiKey.account_id)
    .join(TierRow, TierRow.name == Account.tier)
    .where(ApiKey.id == bindparam("key_id"))
)


def find(connection: Connection, key: Key, server_secret: bytes) -> Finding | None:
    """Look a key up; None if there is no such id, or its secret is another."""
    return _found(connection, key.id, lambda digest: hmac.compare_digest(digest, key.digest(server_secret)))


def find_by_id(connection: Connection, key_id: str) -> Finding | None:
    """Look up a key that has been shown before, for a token of ours that names it; None if it is gone."""
    return _found(connection, key_id, lambda _: True)


def _found(connection: Connection, key_id: str, fits: Callable[[bytes], bool]) -> Finding | None:
    read_at = time.monotonic()  # before the query: what changes meanwhile counts from here
    row = connection.execute(_FIND, {"key_id": key_id}).one_or_none()
    if row is None or not fits(row.digest):
        return None
    return Finding(
        principal=Principal(account_id=str(row.account_id), key_id=key_id, tier=as_tier(row)),
        read_at=read_at,
        expires_at=row.expires_at and row.expires_at.timestamp(),
        revoked=row.revoked_at is not None,
        disabled=row.disabled_at is not None,
    )


def all_tiers(connection: Connection) -> tuple[Tier, ...]:
    """Read the tiers by rank, as the operator has them now."""
    rows = connection.execute(select(*TierRow.__table__.columns).order_by(TierRow.rank))
    return tuple(as_tier(row) for row in rows)


def as_tier(row: Row | TierRow) -> Tier:
    """Make a Tier of a row that has its columns."""
    return msgspec.convert({name: getattr(row, name) for name in Tier.__struct_fields__}, Tier)
