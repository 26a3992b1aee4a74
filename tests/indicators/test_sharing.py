"""Work that is shared out among processes is all done, or raises."""

import os

import numpy as np
import psutil
import pytest

from indicators import sharing


@pytest.fixture(params=[True, False], ids=["forks", "does not fork"])
def forks(request, monkeypatch):
    if request.param and not sharing.FORKS:
        pytest.skip("this system does not fork safely")
    monkeypatch.setattr(sharing, "FORKS", request.param)
    return request.param


def test_every_part_is_done_once_each_in_a_process_of_its_own(forks):
    columns = [sharing.column(3, parts=4) for _ in range(4)]

    def work(part):
        columns[part][:] = (columns[part][0] + 1, part, os.getpid())

    sharing.share_out(work, 4)
    done, parts, processes = np.stack(columns).T
    assert (done.tolist(), parts.tolist()) == ([1] * 4, [0, 1, 2, 3])
    assert len(set(processes.tolist())) == (4 if forks else 1)
    assert processes[0] == os.getpid()


@pytest.mark.usefixtures("forks")
def test_what_fails_raises_here(capfd):
    def work(part):
        if part == 1:
            raise ValueError("no value")

    with pytest.raises(ValueError, match="no value"):
        sharing.share_out(work, 3)
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("forks")
def test_a_process_that_is_killed_is_made_up_for():
    column, here = sharing.column(2, parts=2), os.getpid()

    def work(part):
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        column[part] = part + 1

    sharing.share_out(work, 2)
    assert column.tolist() == [1, 2]


def test_no_process_is_left_when_the_first_part_fails():
    def work(part):
        if part == 0:
            raise KeyboardInterrupt
        while True:
            pass

    before = psutil.Process().children()  # servers of other tests
    with pytest.raises(KeyboardInterrupt):
        sharing.share_out(work, 2 if sharing.FORKS else 1)
    assert psutil.Process().children() == before


@pytest.mark.parametrize("parts", [1, 2])
def test_a_column_without_rows_is_no_error(parts):
    assert sharing.column(0, parts).shape == (0,)
