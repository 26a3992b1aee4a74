import shutil

import pytest

from api.follow import Follower
from tests.services import wait_for
from warehouse import snapshots
from warehouse.home import Home
from warehouse.snapshots import NoSnapshot, UnknownSnapshot


@pytest.fixture
def home(world, tmp_path):
    shutil.copytree(world.snapshots, tmp_path / "snapshots", symlinks=True)
    return Home(tmp_path)


def twin(home, name):
    """Publish a copy of the current snapshot under another id."""
    copied(home, name)
    snapshots.point_current(home, name)
    return name


def copied(home, name):
    """Copy the current snapshot under another id, and return the copy's folder."""
    folder = home.snapshots / snapshots.current_id(home)
    shutil.copytree(folder, home.snapshots / name)
    manifest = home.snapshots / name / "manifest.json"
    text = manifest.read_text().replace(folder.name, name)
    manifest.chmod(0o644)
    manifest.write_text(text)
    return home.snapshots / name


def test_nothing_published(tmp_path):
    follower = Follower(Home(tmp_path))
    follower.look()
    with pytest.raises(NoSnapshot):
        follower.edition()


def test_a_link_to_nothing_does_not_stop_a_worker_from_starting(home, caplog):
    (home.snapshots / "current").unlink()
    (home.snapshots / "current").symlink_to("20990101T000000Z-nowhere")
    follower = Follower(home, interval=0.02)
    follower.start()
    assert served(follower) is None
    assert "can't be opened now" in caplog.text
    new = snapshots.ids(home)[0]
    snapshots.point_current(home, new)
    wait_for(lambda: served(follower) == new)
    follower.stop()


def test_the_first_snapshot_is_found_later(home, tmp_path):
    (home.snapshots / "current").rename(tmp_path / "kept")
    follower = Follower(home, interval=0.02)
    follower.start()
    (tmp_path / "kept").rename(home.snapshots / "current")
    wait_for(lambda: served(follower) is not None)
    follower.stop()


def served(follower):
    try:
        return follower.edition().id
    except NoSnapshot:
        return None


def test_a_new_snapshot_is_swapped_in_and_the_old_one_stays_for_who_holds_it(home):
    follower = Follower(home, interval=0.02)
    follower.start()
    old = follower.edition()
    close = old.reader.column("close")[0]
    new = twin(home, "20990101T000000Z-aaaaaa")
    wait_for(lambda: served(follower) == new)
    assert follower.edition(old.id) is old
    shutil.rmtree(home.snapshots / old.id)
    twin(home, "20990102T000000Z-bbbbbb")
    wait_for(lambda: served(follower) == "20990102T000000Z-bbbbbb")
    wait_for(lambda: old.id not in follower._editions)
    with pytest.raises(UnknownSnapshot):
        follower.edition(old.id)
    assert old.reader.column("close")[0] == close
    follower.stop()


def test_a_rollback_is_followed(home):
    follower = Follower(home)
    follower.look()
    first = follower.edition()
    twin(home, "20990101T000000Z-aaaaaa")
    follower.look()
    snapshots.rollback(home, first.id)
    follower.look()
    assert follower.edition() is first


def test_few_editions_are_kept_open(home):
    follower = Follower(home)
    for day in range(1, 8):
        twin(home, f"209901{day:02}T000000Z-aaaaaa")
        follower.look()
    assert len(follower._editions) == 4
