"""API keys: made, listed, renamed, ended. Their accounts are the directory's."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from api.accounts.directory import Directory, has
from api.accounts.errors import BadExpiry, BadScope, TooManyKeys, UnknownKeyId
from api.accounts.keys import is_key_id, issue
from api.accounts.scopes import OF_KEYS
from api.accounts.server_secrets import Secrets
from api.accounts.words import require_label
from api.store.models import Account, ApiKey
from api.store.transaction import transaction

LONGEST = timedelta(days=365)
"""How long a key is good at most, and unless told."""
MOST_ALIVE = 2
"""Keys that an owner has at a time: the one in use, and the next."""


class IssuedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new key with its text, which is told here and never again."""

    id: str
    key: str
    tier: str
    email: str
    account_id: UUID
    expires_at: datetime | None

    def __repr__(self) -> str:
        return f"IssuedKey(id={self.id!r}, tier={self.tier!r})"  # SEC the key stays out of logs and tracebacks


class KeyInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A key as its owner or an operator may see it."""

    id: str
    email: str
    tier: str
    label: str | None
    last_four: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a new key is for, and until when."""

    label: str | None = None
    scopes: frozenset[str] = OF_KEYS
    expires_at: datetime | None = None


class Accounts:
    """All keys. Database errors pass through as SQLAlchemy's."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._secrets = secrets
        self._directory = Directory(engine)

    def create_key(
        self,
        email: str,
        tier: str | None = None,
        label: str | None = None,
        *,
        scopes: frozenset[str] = OF_KEYS,
        expires_at: datetime | None = None,
    ) -> IssuedKey:
        """Make a key, and its account when there is none; an account that exists moves to `tier` if one is given."""
        terms = Terms(label=label, scopes=scopes, expires_at=expires_at)
        _require(terms, OF_KEYS)
        self._directory.register(email, None, tier=tier, is_verified=True)
        with transaction(self._engine) as session:
            account = session.scalars(select(Account).where(has(email)).with_for_update()).one()
            account.tier = tier or account.tier
            return self._issued(session, account, terms)

    def create_own_key(self, account_id: UUID, terms: Terms, granted: frozenset[str]) -> IssuedKey:
        """Make a key for who asks for one with some scopes of his own.

        Raises BadLabel, BadScope, BadExpiry, or TooManyKeys.
        """
        _require(terms, OF_KEYS & granted)
        with transaction(self._engine) as session:
            account = session.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
            alive = session.scalar(select(func.count()).where(ApiKey.account_id == account_id, _is_alive())) or 0
            if alive >= MOST_ALIVE:
                raise TooManyKeys(f"{alive} keys are alive; allowed: {MOST_ALIVE}, so end one before you make another")
            return self._issued(session, account, terms)

    def rename_key(self, key_id: str, label: str | None, *, of: UUID) -> KeyInfo:
        """Give a key of an account another label; UnknownKeyId if it has no such key, or has ended it."""
        require_label(label)
        with transaction(self._engine) as session:
            key, account = _key(session, key_id, of)
            if key.revoked_at is not None:
                raise UnknownKeyId(f"the API key {key_id!r} has been revoked")
            key.label = label
            return _info(key, account)

    def revoke_key(self, key_id: str, *, of: UUID | None = None) -> KeyInfo:
        """End a key for good; the moment stays if it was ended before. UnknownKeyId if the account has none such."""
        with transaction(self._engine) as session:
            key, account = _key(session, key_id, of)
            key.revoked_at = key.revoked_at or session.scalar(select(func.now()))
            return _info(key, account)

    def list_keys(self, email: str | None = None, *, of: UUID | None = None) -> tuple[KeyInfo, ...]:
        """List the keys of one account, or all of them, newest first."""
        keys = _KEYS.order_by(ApiKey.created_at.desc(), ApiKey.id)
        if email is not None:
            keys = keys.where(has(email))
        if of is not None:
            keys = keys.where(ApiKey.account_id == of)
        with transaction(self._engine, seconds=10) as session:
            return tuple(_info(row.ApiKey, row.Account) for row in session.execute(keys))

    def _issued(self, session: Session, account: Account, terms: Terms) -> IssuedKey:
        key, secret = issue(), self._secrets.making()
        expires_at = terms.expires_at or datetime.now(UTC) + LONGEST
        session.add(
            ApiKey(
                id=key.id,
                account_id=account.id,
                digest=key.digest(secret),
                secret_id=secret.id,
                last_four=key.last_four,
                label=terms.label,
                scopes=sorted(terms.scopes),
                expires_at=expires_at,
            )
        )
        return IssuedKey(
            id=key.id,
            key=key.text,
            tier=account.tier,
            email=account.email,
            account_id=account.id,
            expires_at=expires_at,
        )


_KEYS = select(ApiKey, Account).join(Account, Account.id == ApiKey.account_id)


def _key(session: Session, key_id: str, of: UUID | None) -> tuple[ApiKey, Account]:
    query = _KEYS.where(ApiKey.id == key_id).with_for_update(of=ApiKey)
    if of is not None:
        query = query.where(ApiKey.account_id == of)
    found = session.execute(query).one_or_none() if is_key_id(key_id) else None
    if found is None:
        raise UnknownKeyId(f"no API key has the id {key_id!r}")
    return found.ApiKey, found.Account


def _is_alive() -> ColumnElement[bool]:
    return ApiKey.revoked_at.is_(None) & (ApiKey.expires_at.is_(None) | (ApiKey.expires_at > func.now()))


def _require(terms: Terms, granted: frozenset[str]) -> None:
    require_label(terms.label)
    if not terms.scopes or not terms.scopes <= granted:
        given = ", ".join(sorted(terms.scopes)) or "none"
        raise BadScope(f"the scopes {given} are not allowed; allowed: some of {', '.join(sorted(granted)) or 'none'}")
    now = datetime.now(UTC)
    if terms.expires_at is not None and not now < terms.expires_at <= now + LONGEST:
        raise BadExpiry(f"{terms.expires_at} is not allowed; allowed: later than now, within {LONGEST.days} days")


def _info(key: ApiKey, account: Account) -> KeyInfo:
    return KeyInfo(
        id=key.id,
        email=account.email,
        tier=account.tier,
        label=key.label,
        last_four=key.last_four,
        scopes=tuple(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )
