import subprocess
import sys

import pytest

from warehouse.home import Home
from warehouse.lock import WarehouseBusyError, writer_lock

HOLD = """
import sys, pathlib
from warehouse.home import Home
from warehouse.lock import writer_lock
with writer_lock(Home(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.check(4)
def test_a_second_writer_is_refused_at_once_and_told_who_holds(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WarehouseBusyError, match=f"process {holder.pid}"), writer_lock(Home(tmp_path)):
            pass
        holder.kill()
    with writer_lock(Home(tmp_path)):
        pass


@pytest.mark.check(4)
def test_tokens_grow(tmp_path):
    with writer_lock(Home(tmp_path)) as first:
        pass
    with writer_lock(Home(tmp_path)) as second:
        second.check()
    assert second.token == first.token + 1
