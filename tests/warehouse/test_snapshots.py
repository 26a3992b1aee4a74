import os
from datetime import UTC, date, datetime

import msgspec
import pytest

from tests.warehouse.conftest import fill
from tests.warehouse.test_publish import do_publish
from warehouse import snapshots
from warehouse.home import Home
from warehouse.snapshots import CorruptSnapshot, NoSnapshot, UnknownSnapshot


@pytest.fixture
def three(store, request_all):
    made = []
    for close in (10.0, 10.5, 11.0):
        fill(store, close)
        made.append(do_publish(store, request_all).id)
    return store.home, made


@pytest.mark.check(5)
def test_rollback_serves_the_older_one_and_keeps_the_newer(three):
    home, made = three
    snapshots.rollback(home, made[0])
    assert snapshots.current(home).id == made[0]
    assert set(snapshots.ids(home)) == set(made)


@pytest.mark.check(5)
def test_the_oldest_go_but_never_the_served_one(three):
    home, made = three
    snapshots.rollback(home, made[0])
    assert snapshots.prune(home, keep=1) == (made[1],)
    assert snapshots.ids(home) == (made[0], made[2])


def test_an_unknown_snapshot_names_the_kept_ones(three):
    home, made = three
    with pytest.raises(UnknownSnapshot, match=made[0]):
        snapshots.verify(home, "20990101T000000Z-000000")


def test_no_snapshot_says_what_to_do(tmp_path):
    with pytest.raises(NoSnapshot, match="run the pipeline"):
        snapshots.current(Home(tmp_path))


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "wal"])
@pytest.mark.check(3)
def test_verify_tells_a_damaged_snapshot(three, damage):
    home, made = three
    path = home.snapshots / made[2] / "serving" / "daily.bars_adjusted.arrow"
    if damage == "wal":
        (home.snapshots / made[2] / "warehouse.duckdb.wal").touch()
    else:
        content = bytearray(path.read_bytes())
        path.unlink()
        content[len(content) // 2] ^= 1
        if damage != "remove":
            path.write_bytes(content if damage == "flip" else content[:-8])
    with pytest.raises(CorruptSnapshot):
        snapshots.verify(home, made[2])
    with pytest.raises(CorruptSnapshot):
        snapshots.rollback(home, made[2])


@pytest.mark.check(41)
def test_an_unknown_schema_version_is_refused(three):
    home, made = three
    manifest = home.snapshots / made[2] / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace(f'"schema_version": {snapshots.SCHEMA_VERSION}', '"schema_version": 1')
    )
    with pytest.raises(CorruptSnapshot, match="schema version 1"):
        snapshots.verify(home, made[2])


@pytest.mark.check(2)
def test_current_is_replaced_in_one_step(three):
    home, made = three
    before = os.lstat(home.snapshots / "current").st_ino
    snapshots.point_current(home, made[0])
    assert os.lstat(home.snapshots / "current").st_ino != before
    assert not list(home.snapshots.glob(".current*"))


@pytest.mark.parametrize(
    ("now", "behind"),
    [
        ("2024-01-06T05:59:00", 0),  # the session of Friday the 5th is due on Saturday, that of Monday on Tuesday
        ("2024-01-06T06:00:00", 1),
        ("2024-01-09T05:59:00", 1),
        ("2024-01-09T06:00:00", 2),
        ("2024-03-01T00:00:00", 3),
    ],
)
@pytest.mark.check(44)
def test_a_snapshot_tells_how_many_sessions_it_is_behind(three, now, behind):
    home, _ = three
    awaited = {"XNYS": (date(2024, 1, 5), date(2024, 1, 8), date(2024, 1, 9)), "24/7": (date(2024, 2, 1),)}
    manifest = msgspec.structs.replace(snapshots.current(home), awaited=awaited)
    assert manifest.behind(datetime.fromisoformat(now).replace(tzinfo=UTC)) == behind
    assert snapshots.current(home).behind(datetime.now(UTC)) == 0
