"""A transaction on a request's path: bounded in time, and committed unless something is raised."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.store.deadline import within

DEFAULT_SECONDS = 1.0


@contextmanager
def transaction(engine: Engine, *, seconds: float | None = None) -> Generator[Session]:
    """Give a session that has `seconds` for all that is asked of Postgres; raises one of `LOST` beyond that."""
    with within(DEFAULT_SECONDS if seconds is None else seconds), Session(engine) as session, session.begin():
        yield session
