"""The accounts themselves: found, registered, verified, disabled, deleted; what both owners and operators do."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Engine, Row, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from api.accounts.errors import AccountExists, BadEmail, UnknownAccount, UnknownTier, WrongPassword
from api.accounts.passwords import Kept
from api.accounts.words import require_email
from api.store.models import Account, ApiKey, SessionRow, TierRow
from api.store.transaction import transaction


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """An account."""

    id: UUID
    email: str
    tier: str
    created_at: datetime
    email_verified_at: datetime | None
    disabled_at: datetime | None
    token_version: int
    password: Kept | None

    def __repr__(self) -> str:
        return f"Holder(id={self.id})"  # SEC neither address nor hash in logs and tracebacks


_COLUMNS = (
    Account.id,
    Account.email,
    Account.tier,
    Account.created_at,
    Account.email_verified_at,
    Account.disabled_at,
    Account.token_version,
    Account.password_hash,
    Account.password_secret_id,
)
_IS_NEW = literal_column("xmax = 0").label("is_new")  # a row that an insert has made has no deleting transaction


class Directory:
    """All accounts. Database errors pass through as SQLAlchemy's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_email(self, email: str) -> Holder | None:
        """Find an account by its address, in upper or lower case; what is no address has none."""
        try:
            require_email(email)
        except BadEmail:
            return None
        return self._found(has(email))

    def by_id(self, account_id: UUID) -> Holder | None:
        """Find an account."""
        return self._found(Account.id == account_id)

    def all(self, email: str | None = None) -> tuple[Holder, ...]:
        """List all accounts whose address has this part, the newest first."""
        query = select(*_COLUMNS).order_by(Account.created_at.desc(), Account.id)
        part = func.strpos(func.lower(Account.email), func.lower(email)) > 0
        with transaction(self._engine, seconds=10) as session:
            return tuple(map(_holder, session.execute(query if email is None else query.where(part))))

    def register(
        self, email: str, kept: Kept | None, *, tier: str | None = None, is_verified: bool = False
    ) -> tuple[Holder, bool]:
        """Make an account, of the lowest tier unless told, or find the one with the address; tell whether it is new.

        Both write a row, so that they take as long: who asks must not learn who has an account.
        """
        require_email(email)
        lowest = select(TierRow.name).order_by(TierRow.rank).limit(1).scalar_subquery()
        new = insert(Account).values(
            email=email,
            tier=tier or lowest,
            password_hash=kept and kept.hash,
            password_secret_id=kept and kept.secret_id,
            email_verified_at=func.now() if is_verified else None,
        )
        same = new.on_conflict_do_update(index_elements=[func.lower(Account.email)], set_={"email": Account.email})
        with transaction(self._engine) as session:
            if tier is not None:
                require_tier(session, tier)
            row = session.execute(same.returning(*_COLUMNS, _IS_NEW)).one()
            return _holder(row), row.is_new

    def change(self, account_id: UUID, *, tier: str | None = None, email: str | None = None) -> Holder:
        """Move an account to another tier or give it another address, for an operator who answers for it."""
        values: dict[str, object] = {} if tier is None else {"tier": tier}
        if email is not None:
            require_email(email)
            values |= {"email": email, "email_verified_at": func.now()}
        with transaction(self._engine) as session:
            if tier is not None:
                require_tier(session, tier)
            if email is not None and session.scalar(select(Account.id).where(has(email), Account.id != account_id)):
                raise AccountExists(f"{email} has an account already")
            return _changed(session, account_id, **values)

    def verify(self, holder: Holder) -> bool:
        """Note that the owner reads mail to the address; False if the address is another by now, or noted already."""
        now = update(Account).values(email_verified_at=func.now())
        still = now.where(Account.id == holder.id, Account.email == holder.email, Account.email_verified_at.is_(None))
        with transaction(self._engine) as session:
            return session.execute(still.returning(Account.id)).one_or_none() is not None

    def set_password(self, holder: Holder, kept: Kept, *, by_mail: bool = False) -> Holder:
        """Change a password and end all sessions; WrongPassword if it has been changed meanwhile.

        Who proves by mail to be the owner takes over an account that was never verified: whoever made it may have
        been someone else, so its keys end too.
        """
        with transaction(self._engine) as session:
            now = session.execute(select(*_COLUMNS).where(Account.id == holder.id).with_for_update()).one_or_none()
            if now is None or _holder(now).password != holder.password or now.token_version != holder.token_version:
                raise WrongPassword
            if by_mail and now.email_verified_at is None:
                _end_keys(session, holder.id)
            _end_sessions(session, holder.id, by="password")
            proven = {"email_verified_at": func.coalesce(Account.email_verified_at, func.now())} if by_mail else {}
            return _changed(
                session,
                holder.id,
                password_hash=kept.hash,
                password_secret_id=kept.secret_id,
                token_version=Account.token_version + 1,
                **proven,
            )

    def keep_anew(self, account_id: UUID, old: Kept, new: Kept) -> None:
        """Replace the hash of a password by another of the same password."""
        same = update(Account).where(Account.id == account_id, Account.password_hash == old.hash)
        with transaction(self._engine) as session:
            session.execute(same.values(password_hash=new.hash, password_secret_id=new.secret_id))

    def disable(self, account_id: UUID) -> Holder:
        """Switch an account off: its keys let nobody in, and its sessions are over."""
        with transaction(self._engine) as session:
            _end_sessions(session, account_id, by="disabled")
            off = func.coalesce(Account.disabled_at, func.now())
            return _changed(session, account_id, disabled_at=off, token_version=Account.token_version + 1)

    def enable(self, account_id: UUID) -> Holder:
        """Switch an account on again; its keys work as before, and its sessions stay over."""
        with transaction(self._engine) as session:
            return _changed(session, account_id, disabled_at=None)

    def end_sessions(self, account_id: UUID) -> Holder:
        """End all sessions and all access tokens of an account."""
        with transaction(self._engine) as session:
            _end_sessions(session, account_id, by="operator")
            return _changed(session, account_id, token_version=Account.token_version + 1)

    def delete(self, account_id: UUID) -> None:
        """Delete an account with its address, password, keys and sessions; UnknownAccount if there is none."""
        with transaction(self._engine) as session:
            gone = session.execute(delete(Account).where(Account.id == account_id).returning(Account.id))
            if gone.one_or_none() is None:
                raise UnknownAccount(f"no account has the id {account_id}")

    def _found(self, condition: ColumnElement[bool]) -> Holder | None:
        with transaction(self._engine) as session:
            row = session.execute(select(*_COLUMNS).where(condition)).one_or_none()
            return row and _holder(row)


def has(email: str) -> ColumnElement[bool]:
    """Return the condition that an account has this address, in upper or lower case."""
    return func.lower(Account.email) == func.lower(email)


def require_tier(session: Session, tier: str) -> None:
    """Raise UnknownTier unless there is such a tier."""
    tiers = session.scalars(select(TierRow.name).order_by(TierRow.rank)).all()
    if tier not in tiers:
        raise UnknownTier(f"no tier {tier!r}; allowed: {', '.join(tiers)}")


def _changed(session: Session, account_id: UUID, **values: object) -> Holder:
    row = session.execute(
        update(Account).where(Account.id == account_id).values(**values).returning(*_COLUMNS)
    ).one_or_none()
    if row is None:
        raise UnknownAccount(f"no account has the id {account_id}")
    return _holder(row)


def _end_sessions(session: Session, account_id: UUID, *, by: str) -> None:
    living = update(SessionRow).where(SessionRow.account_id == account_id, SessionRow.ended_at.is_(None))
    session.execute(living.values(ended_at=func.now(), ended_by=by))


def _end_keys(session: Session, account_id: UUID) -> None:
    living = update(ApiKey).where(ApiKey.account_id == account_id, ApiKey.revoked_at.is_(None))
    session.execute(living.values(revoked_at=func.now()))


def _holder(row: Row) -> Holder:
    told = row._asdict()
    told.pop("is_new", None)
    hashed, secret_id = told.pop("password_hash"), told.pop("password_secret_id")
    return Holder(**told, password=None if hashed is None else Kept(hashed, secret_id))
