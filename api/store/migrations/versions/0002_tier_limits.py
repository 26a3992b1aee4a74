"""Tiers: batch size, formats, routes and concurrent requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tiers", sa.Column("batch_size", sa.Integer))
    op.add_column("tiers", sa.Column("formats", ARRAY(sa.Text)))
    op.add_column("tiers", sa.Column("endpoints", ARRAY(sa.Text)))
    op.add_column("tiers", sa.Column("concurrent_requests", sa.Integer))
    op.create_check_constraint(op.f("ck_tiers_batch_size"), "tiers", "batch_size > 0")
    op.create_check_constraint(op.f("ck_tiers_concurrent_requests"), "tiers", "concurrent_requests > 0")
    op.execute("update tiers set batch_size = 50, concurrent_requests = 5 where name = 'free'")
    op.execute("update tiers set batch_size = 100, concurrent_requests = 20 where name = 'pro'")


def downgrade() -> None:
    for column in ("batch_size", "formats", "endpoints", "concurrent_requests"):
        op.drop_column("tiers", column)
