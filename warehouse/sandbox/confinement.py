"""What a child gives up before it reads a query: time, memory, files, other processes, and most of the kernel.

The last by seccomp: from then on the kernel knows the system calls of this list alone, and answers all others with
EPERM. To open a file, to connect, to start a program or another thread, or to signal anybody, is none of them.
"""

import ctypes
import os
import platform
import resource
import signal
import sys

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_SECCOMP_MODE_FILTER = 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF: a word of the call's data; skip the next line or not; the verdict
_NUMBER, _ARCHITECTURE = 0, 4  # where they are in that data
_ALLOW, _KILL, _EPERM = 0x7FFF_0000, 0x8000_0000, 0x0005_0001
_MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}
_CALLS = {  # linux/arch/x86/entry/syscalls/syscall_64.tbl, linux/include/uapi/asm-generic/unistd.h; None: has it not
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "poll": (7, None),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "writev": (20, 66),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "time": (201, None),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "rseq": (334, 293),
}


class _Line(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("lines", ctypes.POINTER(_Line)))


def is_whole() -> bool:
    """Whether this machine's kernel can do all of it; elsewhere limits and DuckDB's own locks have to do."""
    return sys.platform == "linux" and platform.machine() in _MACHINES


def confine(*, seconds: float, memory: int) -> None:
    """Give up what a query does not need; there is no way back.

    Raises:
        OSError: the kernel refuses.
    """
    os.nice(19)  # those who ask for data go first
    for which, most in _limits(seconds, memory).items():
        resource.setrlimit(which, (most, most))
    if is_whole():
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _filter_calls()


def _limits(seconds: float, memory: int) -> dict[int, int]:
    return {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_NPROC: 0,
        **({resource.RLIMIT_AS: memory} if sys.platform == "linux" else {}),  # macOS knows it and does not take it
    }


def _filter_calls() -> None:
    column, architecture = _MACHINES[platform.machine()]
    lines = [
        _Line(_LOAD, 0, 0, _ARCHITECTURE),
        _Line(_IF_EQUAL, 1, 0, architecture),  # SEC another architecture's calls have other numbers
        _Line(_RETURN, 0, 0, _KILL),
        _Line(_LOAD, 0, 0, _NUMBER),
    ]
    for numbers in _CALLS.values():
        if numbers[column] is not None:
            lines += [_Line(_IF_EQUAL, 0, 1, numbers[column]), _Line(_RETURN, 0, 0, _ALLOW)]
    lines.append(_Line(_RETURN, 0, 0, _EPERM))
    program = _Program(len(lines), (_Line * len(lines))(*lines))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program))


def _prctl(option: int, *values: object) -> None:
    padded = [*values, *(0,) * (4 - len(values))]
    numbers = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in padded]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *numbers):
        raise OSError(ctypes.get_errno(), f"prctl {option} failed")
