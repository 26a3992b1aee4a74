"""What a confined process can't do, whatever a query may bring it to: it tries by itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.sandbox.confinement import is_whole

HERE = Path(__file__).parent


@pytest.mark.check(36)
@pytest.mark.skipif(not is_whole(), reason="this machine's kernel has no filter that we know")
def test_the_kernel_refuses_everything_but_computing():
    ran = subprocess.run([sys.executable, HERE / "confined.py"], cwd=HERE.parents[2], capture_output=True, check=True)
    told = json.loads(ran.stdout)
    assert len(told) == 14
    assert {name: answer for name, answer in told.items() if answer != "refused"} == {"compute": "done"}
