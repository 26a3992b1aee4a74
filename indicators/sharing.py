"""Work shared out among processes, which fill arrays in memory that they have in common."""

import mmap
import os
import signal
import sys
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FORKS = sys.platform == "linux"
"""Elsewhere a fork of a process with threads isn't safe, and the work is done in one process."""


def column(length: int, parts: int) -> NDArray[np.float64]:
    """Return room for numbers, which each of `parts` processes can write into."""
    if parts == 1 or not length:
        return np.empty(length)  # PERF: private memory comes in larger pages
    return np.frombuffer(mmap.mmap(-1, length * 8))


def share_out(work: Callable[[int], None], parts: int) -> None:
    """Do `work(0)` to `work(parts - 1)`, each but the first in a process of its own.

    A part may write into a `column` and nothing else, and must not wait for a thread. What fails in its own process is
    done again in this one, where it can raise.
    PERF: kernels are short, and threads that pass the interpreter's lock to each other between them gain 1.15 times on
    two cores where processes gain 1.8.
    """
    waiting: dict[int, int] = {}
    undone = [] if FORKS else list(range(1, parts))
    try:
        if FORKS:
            waiting.update((_forked(work, part), part) for part in range(1, parts))
        work(0)
        for process in tuple(waiting):
            _, status = os.waitpid(process, 0)
            part = waiting.pop(process)
            undone += [part] if status else []
    finally:
        for process in waiting:  # left only if something was raised
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    for part in undone:
        work(part)


def _forked(work: Callable[[int], None], part: int) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads; the child needs none of them
        process = os.fork()
    if process:
        return process
    status = 1
    try:
        work(part)
        status = 0
    finally:
        os._exit(status)
