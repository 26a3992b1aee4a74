import os
import subprocess
import sys

import pytest
from prometheus_client.multiprocess import MultiProcessCollector

from api.metrics.folder import VARIABLE, Folder, reading

COUNT = """
import sys
from api.metrics.instruments import Instruments
instruments = Instruments()
for _ in range(int(sys.argv[1])):
    instruments.count("kalpi_problems_total", "/a", "no-bar")
    instruments.observe("kalpi_request_seconds", 0.003, "/a")
instruments.set("kalpi_workers", 1)
print(instruments.scrape().octets.decode() if "show" in sys.argv else "")
"""


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path)
    yield folder
    folder.close()


def worker(folder, times, *more):
    """Count in a process of its own; give its number and what it saw."""
    environ = {**os.environ, VARIABLE: str(folder.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", COUNT, str(times), *more], env=environ, stdout=subprocess.PIPE, text=True
    )
    told, _ = process.communicate()
    assert process.returncode == 0
    return process.pid, told


def values(folder):
    families = MultiProcessCollector(None, str(folder.path)).collect()
    return {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}


def test_what_a_worker_has_counted_stays_and_its_files_go(folder):
    for times in (3, 4, 5):
        pid, _ = worker(folder, times)
        before = values(folder)
        assert before["kalpi_workers",] == 1
        folder.forget(pid)
        after = values(folder)
        assert ("kalpi_workers",) not in after
        assert after == {name: value for name, value in before.items() if name != ("kalpi_workers",)}
        assert {path.name for path in folder.path.glob("*.db")} == {"counter_ended.db", "histogram_ended.db"}
    assert values(folder)["kalpi_problems_total", "/a", "no-bar"] == 12
    assert values(folder)["kalpi_request_seconds_count", "/a"] == 12
    assert values(folder)["kalpi_request_seconds_bucket", "/a", "0.0025"] == 0
    assert values(folder)["kalpi_request_seconds_bucket", "/a", "0.005"] == 12


def test_a_living_worker_shows_what_all_have_counted(folder):
    first, _ = worker(folder, 2)
    folder.forget(first)
    worker(folder, 3)
    _, told = worker(folder, 1, "show")
    assert 'kalpi_problems_total{problem="no-bar",route="/a"} 6.0' in told


def test_files_stay_while_somebody_reads_and_go_along_with_the_next(folder):
    first, _ = worker(folder, 2)
    with reading(folder.path):
        folder.forget(first)
        assert (folder.path / f"counter_{first}.db").exists()
    second, _ = worker(folder, 3)
    folder.forget(second)
    assert not list(folder.path.glob("counter_[0-9]*.db"))
    assert values(folder)["kalpi_problems_total", "/a", "no-bar"] == 5


def test_what_a_killed_server_left_is_removed_and_a_living_ones_is_not(tmp_path, folder):
    left = tmp_path / "kalpi-metrics-left"
    left.mkdir()
    (left / "counter_1.db").write_bytes(b"")
    other = Folder(tmp_path)
    assert not left.exists()
    assert folder.path.is_dir()
    other.close()
    assert not other.path.exists()
