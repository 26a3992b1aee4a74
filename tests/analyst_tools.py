"""dbt and the notebook's libraries, which live in an environment of their own."""

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / ".venv-analyst" / "bin"


def tool(name: str) -> str:
    """Return a program of that environment; `make test-all` installs it, and elsewhere the test is left out."""
    path = FOLDER / name
    if not path.exists() and "KALPI_ANALYST_TOOLS" not in os.environ:
        pytest.skip(f"needs {name}: make .venv-analyst/.synced installs it")
    return str(path)
