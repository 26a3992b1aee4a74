import psycopg
import pytest

from api.audit.events import SpooledEvents, StoredEvents
from api.audit.kinds import BY_NAME, KINDS

ADA = "6f1c9f4e-32b1-4a5f-8d0e-0c6a3d0f7b11"
TOLD = "kind, account_id::text, key_id, host(client), request_id, detail"


@pytest.fixture(params=["spooled", "stored"])
def record(request, spools, writers, engine):
    """Record an event in either way, and have it stored."""
    spool = spools("security_events")
    writer = writers(spool)
    events = SpooledEvents(spool) if request.param == "spooled" else StoredEvents(engine)

    def record(*told, **more):
        events.record(*told, **more)
        assert writer.turn()

    return record


def stored(connection):
    return connection.execute(f"select {TOLD} from security_events order by at").fetchall()


def test_an_event_is_kept_with_all_that_is_told_of_it(record, connection):
    record("login-failed")
    record(
        "key-created",
        account_id=ADA,
        key_id="abcdefghijkl",
        client="2001:db8::7",
        request_id="name1234",
        label='a\t"label"\\\n',
        days=30,
        by=None,
    )
    assert stored(connection) == [
        ("login-failed", None, None, None, None, None),
        (
            "key-created",
            ADA,
            "abcdefghijkl",
            "2001:db8::7",
            "name1234",
            {"label": 'a\t"label"\\\n', "days": 30, "by": None},
        ),
    ]
    (late,) = connection.execute("select now() - max(at) < interval '1 minute' from security_events").fetchone()
    assert late


def test_another_kind_is_refused(record):
    with pytest.raises(KeyError):
        record("something-else")


@pytest.mark.parametrize(
    "statement",
    [
        "update security_events set kind = 'x'",
        "delete from security_events",
        "truncate security_events",
        "update {month} set kind = 'x'",
        "delete from {month}",
        "truncate {month}",
    ],
)
def test_events_can_only_be_added(record, connection, statement):
    record("login-failed")
    (month,) = connection.execute("select tableoid::regclass::text from security_events").fetchone()
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="takes new rows only"):
        connection.execute(statement.format(month=month))
    assert len(stored(connection)) == 1


def test_every_kind_has_a_name_of_its_own():
    assert len(BY_NAME) == len(KINDS)
    assert all(kind.meaning.endswith(".") for kind in KINDS)
