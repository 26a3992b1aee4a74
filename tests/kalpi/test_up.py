import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kalpi.processes import ROOT
from kalpi.up import served
from tests.kalpi.conftest import living
from tests.services import free_port, wait_for
from warehouse import snapshots


@pytest.fixture
def published(home, world):
    shutil.copytree(world.snapshots, home.snapshots, symlinks=True)
    return home


@contextmanager
def running(ready_file: Path, *words: str, seconds: float = 120) -> Iterator[tuple[subprocess.Popen, dict]]:
    """A `kalpi up` that is ready, and what its ready file tells."""
    ready_file.unlink(missing_ok=True)
    argv = [sys.executable, "-m", "kalpi", *words, "--ready-file", str(ready_file)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as up:
        try:
            wait_for(lambda: ready_file.exists() or up.poll() is not None, seconds)
            assert up.poll() is None, up.communicate()[0]
            yield up, json.loads(ready_file.read_text())
        finally:
            up.send_signal(signal.SIGINT)


def point(ready: dict) -> dict:
    url = f"{ready['api']}/v1/symbols/AAPL/at/latest?columns=rsi_14,close"
    request = urllib.request.Request(url, headers={"X-API-Key": ready["api_key"]})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_up_answers_survives_a_hard_kill_and_leaves_nothing(published, tmp_path):
    ready_file, port = tmp_path / "ready.json", free_port()
    words = ("up", "--port", str(port), "--no-dagster", "--workers", "1")
    with running(ready_file, *words) as (up, first):
        assert point(first)["values"]["close"] == 430.47
        assert first["dagster"] is None
        assert Path(first["warehouse"]).is_absolute()
        assert Path(first["warehouse"]).parent.name == first["snapshot"]
        again = subprocess.run([sys.executable, "-m", "kalpi", *words], cwd=ROOT, capture_output=True, check=False)
        assert again.returncode == 2
        assert f"process {up.pid} holds it and answers at {first['api']}" in again.stderr.decode()
        assert point(first)["snapshot"] == first["snapshot"]
        up.kill()
    with running(ready_file, "serve", "--port", str(port), "--workers", "1") as (up, second):
        assert second == first
        assert point(second)["values"]["close"] == 430.47
        up.send_signal(signal.SIGINT)
        up.send_signal(signal.SIGINT)  # an impatient one
        assert "stopped" in up.communicate(timeout=30)[0]
        assert up.returncode == 0
    assert not listens(port)
    assert living(published) == []


def test_a_key_that_no_longer_works_is_replaced(published, tmp_path):
    ready_file, words = tmp_path / "ready.json", ("up", "--port", str(free_port()), "--no-dagster", "--workers", "1")
    with running(ready_file, *words) as (_, ready):
        key = ready["api_key"]
        argv = [sys.executable, "-m", "kalpi", "keys", "revoke", key.split("_")[2]]
        subprocess.run(argv, cwd=ROOT, check=True, capture_output=True)
    wait_for(lambda: living(published) == [])
    with running(ready_file, *words) as (_, ready):
        assert ready["api_key"] != key
        assert point(ready)["values"]["close"] == 430.47
        assert (published.secrets / "demo-key").read_text().strip() == ready["api_key"]
        assert (published.secrets / "demo-key").stat().st_mode & 0o077 == 0


def test_an_older_versions_snapshot_does_not_count_as_served(published):
    assert served(published)
    manifest = published.snapshots / snapshots.current_id(published) / snapshots.MANIFEST
    manifest.write_text(
        manifest.read_text().replace(f'"schema_version": {snapshots.SCHEMA_VERSION}', '"schema_version": 1')
    )
    assert not served(published)
    shutil.rmtree(manifest.parent)
    assert not served(published)
    (published.snapshots / snapshots.CURRENT).unlink()
    assert not served(published)


@pytest.mark.slow
def test_up_from_nothing_with_dagster(home, tmp_path):
    ports = free_port(), free_port()
    words = ("up", "--port", str(ports[0]), "--dagster-port", str(ports[1]))
    with running(tmp_path / "ready.json", *words, seconds=400) as (up, ready):
        assert point(ready)["values"]["close"] == 430.47
        with urllib.request.urlopen(ready["dagster"], timeout=30) as page:
            assert page.status == 200
        os.kill(up.pid, signal.SIGINT)
        said = up.communicate(timeout=90)[0]
    assert re.search(r"(\d+)/\1 snapshot", said)
    assert not any(map(listens, ports))
    assert living(home) == []
