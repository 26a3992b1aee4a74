import fcntl
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.audit.spool import Segment, Spool


def taken(spool):
    """Take what waits, as the writer does."""
    lines = []
    for segment in spool.waiting():
        octets = segment.waiting()
        lines += octets.decode().splitlines()
        segment.store(len(octets))
    return lines


def texts(lines):
    return [line.split("\t", 1)[1] for line in lines]


def test_what_is_appended_waits_in_order_until_it_is_taken(spools):
    spool = spools()
    for number in range(3):
        spool.append(f"row {number}")
    assert texts(taken(spool)) == ["row 0", "row 1", "row 2"]
    assert taken(spool) == []
    spool.append("another")
    assert texts(taken(spool)) == ["another"]


def test_each_line_has_an_identity_of_its_own(spools):
    several = [spools() for _ in range(2)]
    for spool in several:
        for _ in range(100):
            spool.append("row")
    names = [line.split("\t")[0] for spool in several for line in taken(spool)]
    assert len(set(names)) == 200
    assert {len(name) for name in names} == {32}


def test_a_full_segment_is_followed_by_another_and_goes_when_it_is_taken(spools, tmp_path):
    spool = spools(size=1000)
    for number in range(100):
        spool.append(f"row {number}")
    assert len(list(tmp_path.iterdir())) > 4
    spool.prepare()
    assert texts(taken(spool)) == [f"row {number}" for number in range(100)]
    assert len(list(tmp_path.iterdir())) == 2  # the one in use, and the next


def test_with_all_segments_full_what_comes_is_lost_and_counted(spools):
    spool = spools(size=1000, segments=2)
    for number in range(100):
        spool.append(f"row {number}")
    kept = texts(taken(spool))
    assert kept == [f"row {number}" for number in range(len(kept))]
    assert 30 < len(kept) == 100 - spool.losses()
    assert spool.losses() == 0
    spool.append("there is room again")
    assert texts(taken(spool)) == ["there is room again"]


def test_threads_lose_nothing_while_it_is_taken(spools):
    spool, seen, done = spools(size=20_000), [], threading.Event()

    def take():
        while not done.is_set():
            seen.extend(taken(spool))
        seen.extend(taken(spool))

    taker = threading.Thread(target=take)
    taker.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: spool.append(f"row {number}"), range(8000)))
    done.set()
    taker.join()
    seen += taken(spool)
    assert sorted(texts(seen)) == sorted(f"row {number}" for number in range(8000))


@pytest.mark.check(43)
def test_what_a_killed_process_appended_is_found_once(spools, tmp_path):
    pid = os.fork()
    if pid == 0:
        spool = Spool(tmp_path, "requests", size=1000)
        for number in range(50):
            spool.append(f"row {number}")
        signal.raise_signal(signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    first, second, other = spools(), spools(), spools("security_events")
    orphans = list(first.orphans())
    assert list(second.orphans()) == list(other.orphans()) == []
    lines = b"".join(orphan.waiting() for orphan in orphans).decode().splitlines()
    assert texts(lines) == [f"row {number}" for number in range(50)]
    for orphan in orphans:
        orphan.store(len(orphan.waiting()))
        orphan.close()
    assert list(second.orphans()) == []


def test_an_orphan_that_is_let_go_half_taken_waits_for_the_next(spools):
    gone, finder = spools(), spools()
    gone.append("first")
    gone.append("second")
    gone.close()
    (orphan,) = finder.orphans()
    orphan.store(orphan.waiting().index(b"\n") + 1)
    orphan.close()
    (orphan,) = finder.orphans()
    assert texts(orphan.waiting().decode().splitlines()) == ["second"]
    orphan.close()


def test_what_was_lost_is_told_by_whoever_finds_the_files(spools):
    gone, finder = spools(size=1000, segments=1), spools()
    for number in range(100):
        gone.append(f"row {number}")
    gone.close()
    (orphan,) = finder.orphans()
    assert orphan.losses() + len(orphan.waiting().splitlines()) == 100
    orphan.close()


@pytest.mark.parametrize("octets", [b"", b"half", b"\xff" * 16, b"\xff" * 4096])
def test_a_file_that_is_none_of_ours_does_no_harm(spools, tmp_path, octets):
    (tmp_path / "requests-spoilt").write_bytes(octets)
    for orphan in spools().orphans():
        assert len(orphan.waiting()) <= len(octets)
        orphan.close()


def test_a_closed_one_takes_nothing_more(spools):
    spool = spools()
    spool.close()
    spool.append("row")
    assert spool.losses() == 1


def test_without_a_folder_or_on_a_full_disk_memory_serves(spools, monkeypatch, caplog):
    made = Segment.make

    def full(path, size):
        if path is not None:
            raise OSError(28, "No space left on device")
        return made(None, size)

    monkeypatch.setattr(Segment, "make", full)
    for spool in (spools(), spools(folder=None)):
        spool.append("row")
        assert texts(taken(spool)) == ["row"]
        assert list(spool.orphans()) == []
    assert "No space left on device" in caplog.text


def test_nobody_else_can_read_the_files(spools, tmp_path):
    folder = tmp_path / "audit"
    spools(folder=folder)
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_nobody_finds_a_file_before_it_is_locked(spools, monkeypatch):
    maker, other = spools(), spools()
    maker.append("row")
    lock, found = fcntl.flock, []

    def looked_for(file, how):
        if how == fcntl.LOCK_EX:  # made, and not locked yet
            monkeypatch.setattr("fcntl.flock", lock)
            found.extend(other.orphans())
        lock(file, how)

    monkeypatch.setattr("fcntl.flock", looked_for)
    maker.prepare()
    assert found == []
    assert maker._spare._path.exists()
