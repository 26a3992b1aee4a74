"""Brings a database to the newest schema, and seeds what it must hold."""

from pathlib import Path

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.dialects.postgresql import insert

from api.accounts.tiers import seeded
from api.store.engine import database
from api.store.models import TierRow

_ONE_AT_A_TIME = 0x6B616C7069
"""The advisory lock that starting processes queue for."""


def migrate(database_url: str) -> None:
    """Upgrade to the newest schema and add missing tiers; what an operator changed stays."""
    from alembic import command  # noqa: PLC0415 - a third of a second, which no worker of the API needs
    from alembic.config import Config  # noqa: PLC0415

    engine = create_engine(database(database_url), poolclass=NullPool, connect_args={"connect_timeout": 10})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            tiers = [tier.as_row() for tier in seeded()]
            connection.execute(insert(TierRow).values(tiers).on_conflict_do_nothing())
    finally:
        engine.dispose()
