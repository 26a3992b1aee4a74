"""Sessions: each is a family of refresh tokens of which one at most is good, and which is good once.

A token that is shown a second time has been stolen, by whoever showed it first or by who shows it now: nobody can tell
them apart, so the whole family ends (RFC 9700 4.14.2).
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Engine, Row, delete, func, select, update
from sqlalchemy.orm import Session

from api.accounts.errors import RefreshRefused, RefreshReused
from api.accounts.refresh import Refresh, issue, parse
from api.accounts.server_secrets import Secrets
from api.store.models import Account, RefreshToken, SessionRow
from api.store.transaction import transaction

SLIDING, ABSOLUTE = timedelta(days=14), timedelta(days=30)
"""How long a refresh token is good, and how long a session goes on with new ones."""
MOST_ALIVE = 20
"""Sessions of one account; the oldest ends for the next."""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A session with its newest refresh token, which is told here and never again."""

    id: UUID
    account_id: UUID
    token_version: int
    refresh: Refresh
    expires_at: datetime


class Sessions:
    """All sessions. A used token that comes again within `grace` seconds replaces the one given for it, once unused."""

    def __init__(self, engine: Engine, secrets: Secrets, *, grace: float = 0.0) -> None:
        self._engine = engine
        self._secrets = secrets
        self._grace = timedelta(seconds=grace)

    def open(self, account_id: UUID, token_version: int) -> Opened:
        """Begin a session for who has shown the password."""
        ends = datetime.now(UTC) + ABSOLUTE
        with transaction(self._engine) as session:
            _make_room(session, account_id)
            family = SessionRow(id=uuid4(), account_id=account_id, expires_at=ends)
            session.add(family)
            session.flush()
            return self._next(session, family.id, 0, ends, account_id=account_id, token_version=token_version)

    def renew(self, text: str) -> Opened:
        """Change a refresh token for the next one.

        Raises RefreshRefused, or RefreshReused if that has ended the session just now.
        """
        token = parse(text)
        digests = [token.digest(secret) for secret in self._secrets.live()]
        with transaction(self._engine) as session:
            use = update(RefreshToken).where(RefreshToken.digest.in_(digests), RefreshToken.used_at.is_(None))
            used = session.execute(use.values(used_at=func.now()).returning(*_TOKEN)).one_or_none()
            answer = self._renewed(session, used) if used else self._shown_again(session, digests)
        if isinstance(answer, RefreshReused):  # raised now, as what it ended must be committed
            raise answer
        return answer

    def end(self, session_id: UUID, *, by: str = "owner") -> UUID | None:
        """End a session, and return whose it was; None if it is unknown or over."""
        with transaction(self._engine) as session:
            return _end(session, session_id, by)

    def session_of(self, text: str) -> UUID | None:
        """Return the session of a refresh token, whether or not it is still good; None if there is none."""
        token = parse(text)
        digests = [token.digest(secret) for secret in self._secrets.live()]
        with transaction(self._engine) as session:
            return session.scalar(select(RefreshToken.session_id).where(RefreshToken.digest.in_(digests)))

    def _renewed(self, session: Session, used: Row) -> Opened:
        """Return the next token of a family; RefreshRefused, which leaves all as it was, if it is over."""
        family = session.execute(
            select(*_FAMILY)
            .join(Account, Account.id == SessionRow.account_id)
            .where(SessionRow.id == used.session_id)
            .with_for_update(of=SessionRow, key_share=True)
        ).one()
        if family.is_over or not used.is_good:
            raise RefreshRefused
        expired = delete(RefreshToken).where(
            RefreshToken.session_id == used.session_id, RefreshToken.expires_at < func.now()
        )
        session.execute(expired)
        return self._next(
            session,
            used.session_id,
            used.number + 1,
            family.expires_at,
            account_id=family.account_id,
            token_version=family.token_version,
        )

    def _shown_again(self, session: Session, digests: list[bytes]) -> Opened | RefreshReused:
        """Return a replacement within the time of grace; else end the family, and return what is to be raised."""
        known = session.execute(select(*_TOKEN).where(RefreshToken.digest.in_(digests))).one_or_none()
        if known is None:
            raise RefreshRefused
        if self._grace and known.age <= self._grace:
            session.execute(select(SessionRow.id).where(SessionRow.id == known.session_id).with_for_update())
            given = delete(RefreshToken).where(
                RefreshToken.session_id == known.session_id,
                RefreshToken.number == known.number + 1,
                RefreshToken.used_at.is_(None),
            )
            if session.execute(given.returning(RefreshToken.number)).one_or_none():
                return self._renewed(session, known)
        account_id = _end(session, known.session_id, by="reuse")
        if account_id is None:
            raise RefreshRefused
        return RefreshReused(account_id, known.session_id)

    def _next(
        self, session: Session, session_id: UUID, number: int, ends: datetime, *, account_id: UUID, token_version: int
    ) -> Opened:
        refresh, secret = issue(), self._secrets.making()
        expires_at = min(ends, datetime.now(UTC) + SLIDING)
        session.add(
            RefreshToken(
                digest=refresh.digest(secret),
                secret_id=secret.id,
                session_id=session_id,
                number=number,
                expires_at=expires_at,
            )
        )
        return Opened(
            id=session_id,
            account_id=account_id,
            token_version=token_version,
            refresh=refresh,
            expires_at=expires_at,
        )


_TOKEN = (
    RefreshToken.session_id,
    RefreshToken.number,
    (RefreshToken.expires_at > func.now()).label("is_good"),
    (func.now() - RefreshToken.used_at).label("age"),
)
_FAMILY = (
    SessionRow.account_id,
    SessionRow.expires_at,
    Account.token_version,
    (SessionRow.ended_at.is_not(None) | (SessionRow.expires_at <= func.now()) | Account.disabled_at.is_not(None)).label(
        "is_over"
    ),
)


def _end(session: Session, session_id: UUID, by: str) -> UUID | None:
    living = update(SessionRow).where(SessionRow.id == session_id, SessionRow.ended_at.is_(None))
    return session.scalar(living.values(ended_at=func.now(), ended_by=by).returning(SessionRow.account_id))


def _make_room(session: Session, account_id: UUID) -> None:
    """Forget an account's sessions that are over by their time, and end the oldest of too many."""
    own = SessionRow.account_id == account_id
    session.execute(delete(SessionRow).where(own, SessionRow.expires_at < func.now()))
    living = select(SessionRow.id).where(own, SessionRow.ended_at.is_(None)).order_by(SessionRow.created_at.desc())
    too_many = update(SessionRow).where(SessionRow.id.in_(living.offset(MOST_ALIVE - 1)))
    session.execute(too_many.values(ended_at=func.now(), ended_by="too many"))
