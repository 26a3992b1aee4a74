"""What Postgres knows of a key or a session: itself, its account and its tier, in one query."""

import hmac
import time
from collections.abc import Callable
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from api.accounts.errors import DisabledAccount, ExpiredKey, RevokedKey
from api.accounts.keys import Key
from api.accounts.scopes import ACCOUNT, OF_SESSIONS
from api.accounts.server_secrets import Secrets
from api.accounts.tiers import Tier
from api.store.models import Account, ApiKey, SessionRow, TierRow


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: the account, the key or the session it came with, its tier, and what that credential is for."""

    account_id: str
    tier: Tier
    scopes: frozenset[str]
    email: str
    is_verified: bool
    token_version: int
    key_id: str | None = None
    session_id: str | None = None

    @property
    def credential(self) -> str:
        """The credential's name, for messages."""
        return f"the API key {self.key_id}" if self.key_id else "the session"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A credential as it was found, and when by the monotonic clock. Whether it lets anyone in is asked at each use."""

    principal: Principal
    read_at: float
    expires_at: float | None
    revoked: bool
    disabled: bool
    secret_id: str | None = None
    """Of the secret that made a key's digest."""

    def admit(self, version: int | None = None) -> Principal:
        """Tell who asks; RevokedKey, ExpiredKey or DisabledAccount if nobody may.

        Access tokens bear the `version` of the account that they were made at.
        """
        principal = self.principal
        if self.revoked or (version is not None and version != principal.token_version):
            raise RevokedKey(f"{principal.credential} was revoked")
        if self.expires_at is not None and time.time() >= self.expires_at:
            raise ExpiredKey(f"{principal.credential} has expired")
        if self.disabled:
            raise DisabledAccount(f"the account of {principal.credential} is disabled")
        return principal


_OF_ACCOUNTS = (
    Account.email,
    Account.email_verified_at,
    Account.token_version,
    Account.disabled_at,
    *TierRow.__table__.columns,
)
_FIND_KEY = (
    select(ApiKey, Account, TierRow)
    .with_only_columns(
        ApiKey.digest,
        ApiKey.secret_id,
        ApiKey.account_id,
        ApiKey.scopes,
        ApiKey.expires_at,
        ApiKey.revoked_at.label("ended_at"),
        *_OF_ACCOUNTS,
    )
    .join(Account, Account.id == ApiKey.account_id)
    .join(TierRow, TierRow.name == Account.tier)
    .where(ApiKey.id == bindparam("id"))
)
_FIND_SESSION = (
    select(SessionRow, Account, TierRow)
    .with_only_columns(SessionRow.account_id, SessionRow.expires_at, SessionRow.ended_at, *_OF_ACCOUNTS)
    .join(Account, Account.id == SessionRow.account_id)
    .join(TierRow, TierRow.name == Account.tier)
    .where(SessionRow.id == bindparam("id"))
)


class Finder(msgspec.Struct, frozen=True):
    """Looks credentials up. With `verified_only`, an account needs a verified address for anything but itself."""

    secrets: Secrets
    verified_only: bool = False

    def key(self, connection: Connection, key: Key) -> Finding | None:
        """Look a key up; None if there is no such id, or its secret is another."""

        def made(row: Row) -> bool:
            digests = (key.digest(secret) for secret in self.secrets.made(row.secret_id))
            return any(hmac.compare_digest(row.digest, digest) for digest in digests)

        return self._key(connection, key.id, made)

    def key_by_id(self, connection: Connection, key_id: str) -> Finding | None:
        """Look up a key that has been shown before, for a token of ours that names it; None if it is gone."""
        return self._key(connection, key_id, lambda _: True)

    def session(self, connection: Connection, session_id: str) -> Finding | None:
        """Look up a session for a token of ours that names it; None if it is gone."""
        read_at = time.monotonic()
        row = _one(connection, _FIND_SESSION, UUID(session_id))
        return row and self._finding(row, read_at, scopes=OF_SESSIONS, session_id=session_id)

    def _key(self, connection: Connection, key_id: str, fits: Callable[[Row], bool]) -> Finding | None:
        read_at = time.monotonic()  # before the query: what changes meanwhile counts from here
        row = _one(connection, _FIND_KEY, key_id)
        if row is None or not fits(row):
            return None
        found = self._finding(row, read_at, scopes=frozenset(row.scopes), key_id=key_id)
        return msgspec.structs.replace(found, secret_id=row.secret_id)

    def _finding(self, row: Row, read_at: float, *, scopes: frozenset[str], **credential: str) -> Finding:
        is_verified = row.email_verified_at is not None
        return Finding(
            principal=Principal(
                account_id=str(row.account_id),
                tier=as_tier(row),
                scopes=scopes if is_verified or not self.verified_only else scopes & {ACCOUNT},
                email=row.email,
                is_verified=is_verified,
                token_version=row.token_version,
                **credential,
            ),
            read_at=read_at,
            expires_at=row.expires_at and row.expires_at.timestamp(),
            revoked=row.ended_at is not None,
            disabled=row.disabled_at is not None,
        )


def all_tiers(connection: Connection) -> tuple[Tier, ...]:
    """Read the tiers by rank, as the operator has them now."""
    rows = connection.execute(select(*TierRow.__table__.columns).order_by(TierRow.rank))
    return tuple(as_tier(row) for row in rows)


def as_tier(row: Row | TierRow) -> Tier:
    """Make a Tier of a row that has its columns."""
    return msgspec.convert({name: getattr(row, name) for name in Tier.__struct_fields__}, Tier)


def _one(connection: Connection, query: Select, credential_id: str | UUID) -> Row | None:
    return connection.execute(query, {"id": credential_id}).one_or_none()
