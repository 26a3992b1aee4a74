"""What client/README.md shows, runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CLIENT = Path(__file__).parents[2] / "client"
EXAMPLES = re.findall(r"```python\n(.*?)```", (CLIENT / "README.md").read_text(), flags=re.DOTALL)


def test_there_are_examples():
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs(example, url, keys):
    told = {"KALPI_URL": url, "KALPI_API_KEY": keys["premium"]}
    subprocess.run([sys.executable, "-W", "error", "-c", example], env={**os.environ, **told}, check=True, timeout=120)


def test_both_licences_are_the_same():
    assert (CLIENT / "LICENSE").read_bytes() == (CLIENT.parent / "LICENSE").read_bytes()
