"""What client/README.md shows, runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).parents[3] / "client"
EXAMPLES = re.findall(r"```python\n(.*?)```", (CLIENT / "README.md").read_text(), flags=re.DOTALL)


def test_the_examples_run(url, keys):
    """Each by itself, all in one process: to start one takes longest."""
    assert len(EXAMPLES) == 6
    program = "\n".join(f"exec({example!r}, {{}})" for example in EXAMPLES)
    told = {"KALPI_URL": url, "KALPI_API_KEY": keys["premium"]}
    subprocess.run([sys.executable, "-W", "error", "-c", program], env={**os.environ, **told}, check=True, timeout=300)


def test_both_licences_are_the_same():
    assert (CLIENT / "LICENSE").read_bytes() == (CLIENT.parent / "LICENSE").read_bytes()
