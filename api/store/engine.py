"""The engine: a small pool, every wait bounded on both sides."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from api.store.deadline import DeadlineConnection

LOST = (OperationalError, InterfaceError, PoolTimeoutError)
"""What a call raises when Postgres is gone, frozen, starting, or out of connections."""

_LIMITS: dict[str, Any] = {
    "connect_timeout": 2,
    "options": "-c statement_timeout=500 -c timezone=UTC",
    "application_name": "kalpi",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}


def database(database_url: str) -> URL:
    """Read a URL of any postgresql dialect, unix sockets (`?host=/path`) included, as one for psycopg 3."""
    try:
        url = make_url(database_url)
    except ArgumentError as ex:
        raise ValueError("DATABASE_URL is no URL; allowed: postgresql://user:password@host:port/name") from ex
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL names {url.get_backend_name()!r}; allowed: postgresql://...")
    return url.set(drivername="postgresql+psycopg")


def open_engine(database_url: str, *, size: int = 5, overflow: int = 5) -> Engine:
    """Make an engine for request paths. It connects at the first use, so never before a fork."""
    engine = create_engine(
        database(database_url),
        pool_size=size,
        max_overflow=overflow,
        pool_timeout=1,
        pool_pre_ping=True,
        hide_parameters=True,  # SEC errors are logged; e-mail addresses and digests are not
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, args: list[Any], options: dict[str, Any]) -> DeadlineConnection:
        return DeadlineConnection.connect(*args, **(_LIMITS | options))

    return engine
