"""Makes accounts and keys, lists and revokes them."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from api.accounts.errors import AccountExists, BadEmail, BadLabel, UnknownKeyId, UnknownTier
from api.accounts.keys import issue
from api.accounts.passwords import hash_password
from api.store.models import Account, ApiKey, TierRow

_EMAIL_LENGTH = 254
_LABEL_LENGTH = 100


class IssuedKey(msgspec.Struct, frozen=True):
    """A new key with its text, which is told here and never again."""

    id: str
    key: str
    tier: str
    email: str
    account_id: UUID

    def __repr__(self) -> str:
        return f"IssuedKey(id={self.id!r}, tier={self.tier!r})"  # SEC the key stays out of logs and tracebacks


class KeyInfo(msgspec.Struct, frozen=True):
    """A key as its owner or an operator may see it."""

    id: str
    email: str
    tier: str
    label: str | None
    last_four: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class Accounts:
    """Accounts and keys in Postgres. Database errors pass through as SQLAlchemy's."""

    def __init__(self, engine: Engine, server_secret: bytes) -> None:
        self._engine = engine
        self._server_secret = server_secret

    def create_account(self, email: str, tier: str = "free", password: str | None = None) -> UUID:
        """Make an account; AccountExists if the address has one, in upper or lower case."""
        password_hash = None if password is None else hash_password(password)
        with Session(self._engine) as session, session.begin():
            account_id = _insert_account(session, email=email, tier=tier, password_hash=password_hash)
        if account_id is None:
            raise AccountExists(f"{email} has an account already")
        return account_id

    def create_key(
        self, email: str, tier: str | None = None, label: str | None = None, *, expires_at: datetime | None = None
    ) -> IssuedKey:
        """Make a key, and its account when there is none; an account that exists moves to `tier` if one is given."""
        _check_label(label)
        key = issue()
        with Session(self._engine) as session, session.begin():
            _insert_account(session, email=email, tier=tier or "free", password_hash=None)
            account = session.scalars(select(Account).where(_has(email))).one()
            account.tier = tier or account.tier
            session.add(
                ApiKey(
                    id=key.id,
                    account_id=account.id,
                    digest=key.digest(self._server_secret),
                    last_four=key.last_four,
                    label=label,
                    expires_at=expires_at,
                )
            )
            return IssuedKey(id=key.id, key=key.text, tier=account.tier, email=account.email, account_id=account.id)

    def revoke_key(self, key_id: str) -> KeyInfo:
        """End a key for good; the moment stays if it was ended before. UnknownKeyId if there is none."""
        with Session(self._engine) as session, session.begin():
            found = session.execute(_KEYS.where(ApiKey.id == key_id).with_for_update(of=ApiKey)).one_or_none()
            if found is None:
                raise UnknownKeyId(f"no API key has the id {key_id!r}")
            found.ApiKey.revoked_at = found.ApiKey.revoked_at or session.scalar(select(func.now()))
            return _info(found.ApiKey, found.Account)

    def list_keys(self, email: str | None = None) -> tuple[KeyInfo, ...]:
        """List the keys of one account, or all of them, newest first."""
        keys = _KEYS.order_by(ApiKey.created_at.desc(), ApiKey.id)
        with Session(self._engine) as session:
            rows = session.execute(keys if email is None else keys.where(_has(email)))
            return tuple(_info(row.ApiKey, row.Account) for row in rows)


_KEYS = select(ApiKey, Account).join(Account, Account.id == ApiKey.account_id)


def _has(email: str):  # noqa: ANN202 SQLAlchemy's expressions have no short name
    return func.lower(Account.email) == func.lower(email)


def _insert_account(session: Session, *, email: str, tier: str, password_hash: str | None) -> UUID | None:
    _check_email(email)
    tiers = session.scalars(select(TierRow.name).order_by(TierRow.rank)).all()
    if tier not in tiers:
        raise UnknownTier(f"no tier {tier!r}; allowed: {', '.join(tiers)}")
    new = insert(Account).values(email=email, tier=tier, password_hash=password_hash)
    return session.scalar(new.on_conflict_do_nothing().returning(Account.id))


def _info(key: ApiKey, account: Account) -> KeyInfo:
    return KeyInfo(
        id=key.id,
        email=account.email,
        tier=account.tier,
        label=key.label,
        last_four=key.last_four,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )


def _check_email(email: str) -> None:
    name, at, host = email.partition("@")
    visible = email.isprintable() and " " not in email  # so no NUL either, which Postgres can't store
    if not (name and at and host and visible and "@" not in host and len(email) <= _EMAIL_LENGTH):
        raise BadEmail(f"{email!r} is no e-mail address; allowed: name@host, at most {_EMAIL_LENGTH} characters")


def _check_label(label: str | None) -> None:
    if label is not None and not (label.isprintable() and len(label) <= _LABEL_LENGTH):
        raise BadLabel(f"{label!r} is no label; allowed: at most {_LABEL_LENGTH} printable characters")
