"""Confines itself, tries what it may not, and prints what came of it."""

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))
from warehouse.sandbox.confinement import confine

OPEN = os.open("/dev/zero", os.O_RDONLY)
LIBC = ctypes.CDLL(None, use_errno=True)


def traced():
    if LIBC.ptrace(0, 0, None, None):
        raise OSError(ctypes.get_errno(), "")


ATTEMPTS = {
    "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "make a file": lambda: os.open("escaped", os.O_CREAT | os.O_WRONLY),
    "list a folder": lambda: [*Path("/").iterdir()],
    "look at a file": Path("/etc/passwd").stat,
    "remove a folder": Path("/etc/nothing").rmdir,
    "fork": os.fork,
    "run a program": lambda: os.execv("/bin/true", ["/bin/true"]),  # noqa: S606
    "signal": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "connect": socket.socket,
    "start a thread": lambda: threading.Thread(target=print).start(),
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_CPU, (99, 99)),
    "be nice no more": lambda: os.nice(-5),
    "trace": traced,
    "compute": lambda: bytes(mmap.mmap(-1, 1 << 20)) and os.read(OPEN, 10),
}


def tried(attempt):
    try:
        attempt()
    except (OSError, RuntimeError, ValueError):  # a thread that does not start, a limit that may not be raised
        return "refused"
    return "done"


def main():
    confine(seconds=2, memory=1 << 30)
    print(json.dumps({name: tried(attempt) for name, attempt in ATTEMPTS.items()}))  # noqa: T201


if __name__ == "__main__":
    main()
