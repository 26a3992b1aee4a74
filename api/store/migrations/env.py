"""Alembic's environment: runs in the transaction that api.store.migrate opened."""

from alembic import context

from api.store.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
