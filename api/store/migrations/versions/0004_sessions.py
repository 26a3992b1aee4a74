"""Sessions with their refresh tokens; what accounts and keys need for logging in, scopes and a change of secrets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("accounts", sa.Column("password_secret_id", sa.Text))
    op.add_column("accounts", sa.Column("email_verified_at", MOMENT))
    op.add_column("accounts", sa.Column("token_version", sa.Integer, server_default="0", nullable=False))
    op.execute("update accounts set email_verified_at = created_at")  # so far, only operators have made accounts
    op.add_column("api_keys", sa.Column("secret_id", sa.Text))
    op.add_column("api_keys", sa.Column("last_used_at", MOMENT))
    op.add_column("api_keys", sa.Column("scopes", ARRAY(sa.Text), server_default="{keys,read}", nullable=False))
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"])
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("secret_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_refresh_tokens_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_refresh_tokens_session_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("refresh_tokens")
    op.drop_table("sessions")
    for column in ("secret_id", "last_used_at", "scopes"):
        op.drop_column("api_keys", column)
    for column in ("password_secret_id", "email_verified_at", "token_version"):
        op.drop_column("accounts", column)
