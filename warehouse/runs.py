"""How the last run of the pipeline ended, as a small file: what a server tells of runs that are long over."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from warehouse.home import Home
from warehouse.work import write_atomically

_FILE = "last.json"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run that held the warehouse, whole or in part."""

    id: str
    job: str
    started_at: datetime
    ended_at: datetime
    success: bool
    succeeded_at: datetime | None
    """When one last ended well, this one or one before."""
    rows: Mapping[str, int]
    """What was taken in: rows by `accepted`, `rejected` and `skipped`."""
    steps: Mapping[str, float]
    """Seconds by step."""
    quarantined: Mapping[str, int]
    """What lies in quarantine and was not released, by reason."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds()


def last(home: Home) -> Run | None:
    """Return the last run, if any is known; a file that can't be read, as of another version, tells of none."""
    try:
        return msgspec.json.decode((home.runs / _FILE).read_bytes(), type=Run)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def keep(home: Home, run: Run) -> None:
    """Keep a run as the last one."""
    home.runs.mkdir(parents=True, exist_ok=True)
    write_atomically(home.runs / _FILE, msgspec.json.format(msgspec.json.encode(run), indent=2))
