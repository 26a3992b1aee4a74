"""The tables: tiers, accounts, their keys and sessions; answered requests, what they add up to, and security events."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID, uuid4

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Created = Annotated[datetime, mapped_column(server_default=func.now())]


class Base(DeclarativeBase):
    """Every moment is stored with its zone, every text without a length."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text, bytes: LargeBinary}  # noqa: RUF012 SQLAlchemy's own form


class TierRow(Base):
    """A tier as the operator may change it; null means no limit."""

    __tablename__ = "tiers"
    __table_args__ = (
        CheckConstraint("per_minute > 0", name="per_minute"),
        CheckConstraint("per_day >= 0", name="per_day"),
        CheckConstraint("history_months > 0", name="history_months"),
        CheckConstraint("batch_size > 0", name="batch_size"),
        CheckConstraint("concurrent_requests > 0", name="concurrent_requests"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(unique=True)
    per_minute: Mapped[int]
    per_day: Mapped[int | None]
    indicators: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    history_months: Mapped[int | None]
    batch_size: Mapped[int | None]
    formats: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    endpoints: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    concurrent_requests: Mapped[int | None]


class Account(Base):
    """Who asks. An account without a password has keys only."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str]
    tier: Mapped[str] = mapped_column(ForeignKey("tiers.name", onupdate="CASCADE"), index=True)
    password_hash: Mapped[str | None]
    password_secret_id: Mapped[str | None]
    """Of the server's secret in the hash; none in those made before there was one."""
    email_verified_at: Mapped[datetime | None]
    token_version: Mapped[int] = mapped_column(server_default="0")
    """What access tokens must bear: raising it ends all of them."""
    created_at: Mapped[Created]
    disabled_at: Mapped[datetime | None]


Index("uq_accounts_email", func.lower(Account.email), unique=True)


class ApiKey(Base):
    """A key without its secret: the public id, and a digest that only the server's secret can make."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("octet_length(digest) = 32", name="digest"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes]
    secret_id: Mapped[str | None]
    """Of the server's secret that made the digest; none where any living one may have."""
    last_four: Mapped[str]
    label: Mapped[str | None]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{keys,read}")
    created_at: Mapped[Created]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """Written once a minute."""


class SessionRow(Base):
    """What began with a login: a family of refresh tokens, of which one at most is good."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class RefreshToken(Base):
    """A refresh token without its secret. Used ones stay while they could be shown again, which is a theft."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        UniqueConstraint("session_id", "number"),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    secret_id: Mapped[str]
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Counted within the session."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RequestRow(Base):
    """An answered request: what was asked, by whom, what became of it, and what it cost. Months are its partitions."""

    __tablename__ = "requests"
    __table_args__ = {"postgresql_partition_by": "RANGE (at)"}  # noqa: RUF012 SQLAlchemy's own form

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    request_id: Mapped[str]
    trace_id: Mapped[str | None]
    method: Mapped[str]
    route: Mapped[str | None]
    status: Mapped[int] = mapped_column(SmallInteger)
    ms: Mapped[float] = mapped_column(REAL)
    units: Mapped[int]
    account_id: Mapped[UUID | None]
    key_id: Mapped[str | None]
    tier: Mapped[str | None]
    client: Mapped[str | None] = mapped_column(INET)
    limiter: Mapped[str | None]
    cache: Mapped[str | None]
    snapshot: Mapped[str | None]
    problem: Mapped[str | None]
    bytes: Mapped[int] = mapped_column(BigInteger)


class DailyUsage(Base):
    """What an account's key asked of a route on a day, UTC; counted from the rows of `requests` as they are stored."""

    __tablename__ = "daily_usage"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
    units: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)


class SecurityEvent(Base):
    """Something that matters for security. Rows are added, never changed or deleted; months are its partitions."""

    __tablename__ = "security_events"
    __table_args__ = {"postgresql_partition_by": "RANGE (at)"}  # noqa: RUF012 SQLAlchemy's own form

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str]
    account_id: Mapped[UUID | None]
    key_id: Mapped[str | None]
    client: Mapped[str | None] = mapped_column(INET)
    request_id: Mapped[str | None]
    detail: Mapped[dict[str, str | int | None] | None] = mapped_column(JSONB)
