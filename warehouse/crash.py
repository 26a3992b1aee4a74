"""Places at which a process can be made to die, so that tests see what a kill there leaves behind."""

import os
import signal

AT = "KALPI_CRASH_AT"
POINTS = (
    "part-written",
    "recorded",
    "linked",
    "database-written",
    "manifest-written",
    "pointed",
    "pruned",
)


def reached(point: str) -> None:
    """Die as by `kill -9`, where the environment names this point."""
    if os.environ.get(AT) == point:
        os.kill(os.getpid(), signal.SIGKILL)
