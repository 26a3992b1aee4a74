"""The request log, daily usage and security events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INET, JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

KEEP_MONTHS = """
create function keep_months(parent text, days integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    today timestamp := now() at time zone 'UTC';
    first timestamp;
    child text;
begin
    if parent not in ('requests', 'security_events') then
        raise exception '% is not kept by months', parent;
    end if;
    if not pg_try_advisory_xact_lock(hashtext('keep_months')) then
        return;  -- another worker is at it
    end if;
    set local lock_timeout = '2s';
    foreach first in array array[date_trunc('month', today), date_trunc('month', today + interval '1 month')] loop
        child := parent || '_' || to_char(first, 'YYYYMM');
        if to_regclass('audit.' || child) is null then
            execute format(
                'create table audit.%I partition of %I for values from (%L) to (%L)',
                child, parent, first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC'
            );
            if parent = 'security_events' then
                execute format(
                    'create trigger append_only_whole before truncate on audit.%I execute function append_only()', child
                );
            end if;
        end if;
    end loop;
    for child in
        select relname
        from pg_inherits join pg_class on pg_class.oid = inhrelid
        where inhparent = parent::regclass
            and right(relname, 6) < to_char(today - make_interval(days => days), 'YYYYMM')
    loop
        execute format('drop table audit.%I', child);
    end loop;
end
$$
"""

APPEND_ONLY = """
create function append_only() returns trigger language plpgsql as $$
begin
    raise exception '% takes new rows only', tg_table_name using errcode = 'insufficient_privilege';
end
$$
"""


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("trace_id", sa.Text),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("route", sa.Text),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("ms", sa.REAL, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("key_id", sa.Text),
        sa.Column("tier", sa.Text),
        sa.Column("client", INET),
        sa.Column("limiter", sa.Text),
        sa.Column("cache", sa.Text),
        sa.Column("snapshot", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("at", "id", name=op.f("pk_requests")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "daily_usage",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.Column("errors", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "day", "key_id", "route", name=op.f("pk_daily_usage")),
    )
    op.create_index(op.f("ix_daily_usage_day"), "daily_usage", ["day"])
    op.create_table(
        "security_events",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("key_id", sa.Text),
        sa.Column("client", INET),
        sa.Column("request_id", sa.Text),
        sa.Column("detail", JSONB),
        sa.PrimaryKeyConstraint("at", "id", name=op.f("pk_security_events")),
        postgresql_partition_by="RANGE (at)",
    )
    op.execute("create schema audit")  # the months, out of the way of the tables they make up
    op.execute(APPEND_ONLY)
    op.execute(KEEP_MONTHS)
    op.execute(
        "create trigger append_only before update or delete on security_events "
        "for each row execute function append_only()"
    )
    op.execute(
        "create trigger append_only_whole before truncate on security_events "
        "for each statement execute function append_only()"
    )
    op.execute("select keep_months('requests', 90)")
    op.execute("select keep_months('security_events', 400)")


def downgrade() -> None:
    for table in ("requests", "daily_usage", "security_events"):
        op.drop_table(table)
    op.execute("drop function keep_months")
    op.execute("drop function append_only")
    op.execute("drop schema audit")
