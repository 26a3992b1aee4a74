from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from api.store import migrate
from api.store.engine import database
from api.store.models import Base


def test_schema(empty_database_url):
    migrate(empty_database_url)
    engine = create_engine(database(empty_database_url))
    with engine.connect() as c:
        assert compare_metadata(MigrationContext.configure(c), Base.metadata) == []
    engine.dispose()
