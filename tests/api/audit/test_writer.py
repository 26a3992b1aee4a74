from datetime import UTC, datetime, time, timedelta

import psycopg
import pytest

from api.audit.audit import Audit
from api.audit.lines import NULL
from api.audit.spool import _HEAD
from tests.api.audit.conftest import counted
from tests.services import wait_for

ADA = "6f1c9f4e-32b1-4a5f-8d0e-0c6a3d0f7b11"
TODAY = datetime.now(UTC).date()
NOON = int(datetime.combine(TODAY, time(12), UTC).timestamp()) * 1_000_000


def row(at=NOON, *, account=ADA, route="/v1/me", status=200, units=1, client="203.0.113.1", octets=10, charged=NULL):
    known = f"{account}\tabcdefghijkl\tfree" if account else f"{NULL}\t{NULL}\t{NULL}"
    what = f"{at}\tname1234\t{NULL}\tGET\t{route}\t{status}\t1.5\t{units}"
    return f"{what}\t{known}\t{client}\tallowed\t{NULL}\t{NULL}\t{NULL}\t{octets}\t{charged}"


def usage(connection):
    return connection.execute(
        "select day::text, key_id, route, requests, units, errors, bytes from daily_usage order by day, route"
    ).fetchall()


def test_rows_are_stored_and_added_up(spools, writers, connection):
    spool = spools()
    for fields in (row(), row(), row(status=404, units=0), row(route="/v1/batch", units=7), row(account=None)):
        spool.append(fields)
    assert writers(spool).turn()
    assert counted(connection) == 5
    assert usage(connection) == [
        (str(TODAY), "abcdefghijkl", "/v1/batch", 1, 7, 0, 10),
        (str(TODAY), "abcdefghijkl", "/v1/me", 3, 2, 1, 30),
    ]
    stored = connection.execute("select at at time zone 'UTC', status, client::text, trace_id from requests limit 1")
    assert [str(value) for value in stored.fetchone()] == [f"{TODAY} 12:00:00", "200", "203.0.113.1/32", "None"]


@pytest.mark.check(43)
def test_what_comes_again_is_neither_stored_nor_counted_again(spools, writers, connection):
    spool = spools()
    for _ in range(10):
        spool.append(row())
    (segment,) = spool.waiting()
    writer = writers(spool)
    assert writer.turn()
    segment.store(_HEAD.size - segment.stored)  # as if nobody had heard of the transaction's end
    spool.append(row())
    assert writer.turn()
    assert writer.lost == []
    assert counted(connection) == 11
    assert usage(connection)[0][3] == 11


def test_workers_count_together(spools, writers, connection):
    several = [spools() for _ in range(4)]
    for spool in several:
        for _ in range(25):
            spool.append(row())
    assert all(writers(spool).turn() for spool in several)
    assert counted(connection) == usage(connection)[0][3] == 100


def test_a_day_is_one_of_utc_and_the_one_that_paid(spools, writers, connection):
    spool = spools()
    midnight = NOON + 12 * 3_600_000_000
    spool.append(row(midnight - 1))
    spool.append(row(midnight))
    spool.append(row(midnight + 1, charged=(NOON - 12 * 3_600_000_000) // 1_000_000))
    writers(spool).turn()
    assert [row[3] for row in usage(connection)] == [2, 1]
    assert [day for day, *_ in usage(connection)] == [str(TODAY), str(TODAY + timedelta(days=1))]


def test_a_row_that_postgres_refuses_holds_up_no_other(spools, writers, connection, caplog):
    spool = spools()
    for number in range(9):
        spool.append(row(client="not an address" if number in {0, 5, 8} else "203.0.113.1"))
    writer = writers(spool)
    assert writer.turn()
    assert (counted(connection), usage(connection)[0][3], writer.lost) == (6, 6, [("requests", 1)] * 3)
    assert "Postgres refuses a row of requests: invalid input syntax for type inet" in caplog.text
    spool.append(row())
    assert writer.turn()
    assert counted(connection) == 7


def test_rows_of_a_month_that_is_not_kept_are_left_out(spools, writers, connection):
    spool = spools()
    spool.append(row(0))
    spool.append(row())
    writer = writers(spool)
    assert writer.turn()
    assert (counted(connection), writer.lost) == (1, [("requests", 1)])


@pytest.mark.check(43)
def test_while_postgres_is_frozen_rows_wait_and_then_none_is_missing(
    spools, writers, connection, postgres, monkeypatch
):
    monkeypatch.setattr("api.audit.writer._SECONDS", 0.3)
    spool = spools(size=2000)
    writer = writers(spool)
    spool.append(row())
    assert writer.turn()
    with postgres.frozen():
        for _ in range(50):
            spool.append(row())
        assert not writer.turn()
    wait_for(writer.turn)
    assert counted(connection) == usage(connection)[0][3] == 51
    assert writer.lost == []


def test_a_lost_backend_costs_no_row(spools, writers, connection, postgres):
    spool = spools()
    writer = writers(spool)
    spool.append(row())
    assert writer.turn()
    postgres.admin("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kalpi'")
    spool.append(row())
    wait_for(writer.turn)
    assert counted(connection) == 2


def test_the_thread_writes_what_comes_and_at_the_end_what_came_last(spools, writers, connection):
    spool = spools()
    writer = writers(spool)
    writer.start()
    spool.append(row())
    wait_for(lambda: counted(connection) == 1)
    spool.append(row())
    writer.close()
    assert counted(connection) == 2


def test_what_others_left_is_written_too(spools, writers, connection, tmp_path):
    gone, spool = spools(), spools()
    for _ in range(3):
        gone.append(row())
    gone.close()
    assert writers(spool).turn()
    assert counted(connection) == 3
    assert len(list(tmp_path.iterdir())) == 2  # its own, and the next of its own


@pytest.mark.parametrize("table", ["requests", "security_events"])
def test_months_are_made_ahead_and_dropped_when_they_are_old_enough(connection, table):
    def months():
        found = connection.execute("select tablename from pg_tables where schemaname = 'audit' order by 1").fetchall()
        return [name.removeprefix(f"{table}_") for (name,) in found if name.startswith(table)]

    (this, next_one) = months()
    assert connection.execute("select to_char(now() at time zone 'UTC', 'YYYYMM')").fetchone()[0] == this
    for month, through in (("2025-01", "2025-02"), ("2026-10", "2026-11")):
        connection.execute(
            f"create table audit.{table}_{month.replace('-', '')} partition of {table} "
            f"for values from ('{month}-01 00:00+00') to ('{through}-01 00:00+00')"
        )
    connection.execute("select keep_months(%s, 20000)", (table,))
    assert months() == ["202501", "202610", this, next_one]
    connection.execute(
        "select keep_months(%s, (current_date - date '2026-10-31'))", (table,)
    )  # its last day is exactly so old
    assert months() == ["202610", this, next_one]
    connection.execute("select keep_months(%s, (current_date - date '2026-10-31') - 1)", (table,))
    assert months() == [this, next_one]


def test_only_its_own_tables_are_kept_by_months(connection):
    with pytest.raises(psycopg.errors.RaiseException, match="accounts is not kept by months"):
        connection.execute("select keep_months('accounts', 1)")


def test_what_found_no_room_is_told_when_postgres_is_back(engine, connection, postgres, monkeypatch):
    monkeypatch.setattr("api.audit.writer._SECONDS", 0.3)
    monkeypatch.setattr("api.audit.audit._SEGMENTS", 1)
    audit = Audit(engine, None)
    with postgres.frozen():
        assert not audit.writer.turn()
        for _ in range(10_000):
            audit.requests._append(row())
    wait_for(audit.writer.turn)
    assert audit.writer.turn()
    kept = counted(connection)
    (told,) = connection.execute("select kind, detail from security_events").fetchall()
    assert told == ("rows-lost", {"table": "requests", "rows": 10_000 - kept})
    assert kept > 5_000
    audit.close()
