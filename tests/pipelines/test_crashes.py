"""A run that is killed leaves what was served, and the next one ends where it would have ended."""

import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.pipelines.crashing import MANY_ROWS
from tests.pipelines.deliveries import Universe, deliver, publish_derived
from warehouse import crash, history, snapshots
from warehouse.home import Home
from warehouse.work import WorkStore

pytestmark = pytest.mark.check(1)
KILLS = 10
SECONDS = 300  # for a run, however busy the machine is


@pytest.fixture(scope="module")
def halfway(tmp_path_factory):
    """A home whose first delivery is published, while a session and a correction wait; and what they will make."""
    universe = Universe(symbols=5, sessions=200)
    home = Home(tmp_path_factory.mktemp("halfway") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "MANY_ROWS", MANY_ROWS)
        deliver(home, universe.first)
        publish_derived(home)
        deliver(home, universe.session(1))
        deliver(home, universe.correction(2, 50))
        undisturbed = copied(home, home.root.parent / "undisturbed")
        publish_derived(undisturbed)
    return home, snapshots.current(undisturbed).content


def copied(home, folder):
    shutil.copytree(home.root, folder, symlinks=True)
    return Home(folder)


def started(home, **environment):
    command = [sys.executable, "-m", "tests.pipelines.crashing", str(home.root)]
    return subprocess.Popen(command, env=os.environ | environment, start_new_session=True)


def converges(home, before, expected):
    served = snapshots.current(home)
    assert served.content in {before, expected}
    snapshots.verify(home, served.id)
    with started(home) as process:
        assert process.wait(SECONDS) == 0
    after = snapshots.current(home)
    assert after.content == expected
    snapshots.verify(home, after.id)
    no_debris(home)


def no_debris(home):
    kept = set(snapshots.ids(home))
    assert {path.name for path in home.snapshots.iterdir()} == kept | {snapshots.CURRENT}
    store = WorkStore(home)
    for name in store.names():
        there = {path for path in (home.work / name).iterdir() if path.suffix != ".step"}
        assert there == set(store.files(name))


@pytest.mark.parametrize(
    "point",
    [pytest.param(each, marks=() if each == "database-written" else pytest.mark.slow) for each in crash.POINTS],
)
def test_killed_at_a_point(halfway, tmp_path, point):
    prepared, expected = halfway
    home = copied(prepared, tmp_path / "home")
    before = snapshots.current(home).content
    with started(home, **{crash.AT: point}) as process:
        assert process.wait(SECONDS) == -signal.SIGKILL
    assert (snapshots.current(home).content == expected) == (point in {"pointed", "pruned"})
    converges(home, before, expected)


@pytest.mark.slow
def test_killed_at_random(halfway, tmp_path):
    prepared, expected = halfway
    home = copied(prepared, tmp_path / "home")
    before, chosen = snapshots.current(home).content, np.random.default_rng(1)
    whole = time.monotonic()
    with started(copied(prepared, tmp_path / "other")) as process:
        assert process.wait(SECONDS) == 0
    whole = time.monotonic() - whole
    for _ in range(KILLS):
        with started(home) as process:
            try:
                process.wait(chosen.uniform(0.2, 1) * whole)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        assert snapshots.current(home).content in {before, expected}
    converges(home, before, expected)
