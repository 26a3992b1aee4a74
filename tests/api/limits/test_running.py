import os
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from api.limits.running import Running, Table


def test_so_many_at_once_and_no_more():
    running = Running()
    assert [running.enter("ada", 2) for _ in range(4)] == [True, True, False, False]
    assert running.enter("bob", 2)
    running.leave("ada")
    assert [running.enter("ada", 2) for _ in range(2)] == [True, False]


def test_threads_never_are_more_and_leave_nothing_behind():
    running, together = Running(), Barrier(16)
    seen = []

    def ask(_turn):
        together.wait()
        if running.enter("ada", 3):
            seen.append(sum(running._table.memory[:]))
            running.leave("ada")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(16 * 50)))
    assert seen
    assert max(seen) <= 16
    assert [running.enter("ada", 3) for _ in range(4)] == [True, True, True, False]


def in_a_worker(table, work):
    """Fork as a server does, and give what the child's work returned."""
    row = table.reserve()
    pid = os.fork()
    if pid == 0:
        os._exit(work(Running(table)))
    return row, pid


def test_workers_count_together_and_a_killed_one_is_forgotten():
    table = Table(rows=4)

    def hold(running):
        entered = running.enter("ada", 3) and running.enter("ada", 3)
        signal.raise_signal(signal.SIGKILL)
        return entered

    first, pid = in_a_worker(table, hold)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    _, pid = in_a_worker(table, lambda running: [running.enter("ada", 3) for _ in range(2)] == [True, False])
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    table.release(first)
    _, pid = in_a_worker(table, lambda running: [running.enter("ada", 3) for _ in range(2)] == [True, True])
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1


def test_rows_are_given_once_and_again_when_they_are_back():
    table = Table(rows=3)
    assert [table.reserve() for _ in range(4)] == [0, 1, 2, 2]
    table.release(1)
    assert table.reserve() == 1


@pytest.mark.parametrize("times", [1, 3])
def test_leaving_too_often_does_no_harm(times):
    running = Running()
    for _ in range(times):
        running.leave("ada")
    assert [running.enter("ada", 1) for _ in range(2)] == [True, False]
