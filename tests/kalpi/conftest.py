"""A home of one's own, and what shows that nothing is left of it."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.world import world  # noqa: F401 - a fixture
from warehouse.home import Home

with warnings.catch_warnings(action="ignore"):  # typer 0.25 imports names that click 8.4 deprecates
    import typer  # noqa: F401


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    # not below pytest's own folder: as root, another account must be able to reach it
    root = Path(tempfile.mkdtemp(prefix="kalpi-test-")).resolve()
    for name in ("DATABASE_URL", "REDIS_URL", "KALPI_SECRET", "KALPI_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KALPI_HOME", str(root))
    (root / "services").mkdir()
    yield Home(root)
    left = living(Home(root))
    for process in left:
        process.kill()
    shutil.rmtree(root)
    assert not left


def living(home: Home) -> list[psutil.Process]:
    """The processes, other than this one, that carry the home in their environment or work in it."""
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and _is_of(process, home)]


def _is_of(process: psutil.Process, home: Home) -> bool:
    try:
        # Postgres and Valkey write their title over their environment
        return process.environ().get("KALPI_HOME") == str(home.root) or process.cwd().startswith(str(home.root))
    except psutil.Error:
        return False
