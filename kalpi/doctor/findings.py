"""What is examined, and what is found."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from kalpi import services
from kalpi.processes import Record, is_alive, read_record, record_path
from kalpi.supervisor import SELF
from warehouse.home import Home

Level = Literal["well", "note", "problem"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence about one thing; a problem comes with what mends it."""

    about: str
    level: Level
    sentence: str
    remedy: str | None = None


class Patient(msgspec.Struct, frozen=True):
    """An installation: its home, what the environment says of it, and the ports that it would take."""

    home: Home
    environ: Mapping[str, str]
    ports: Mapping[str, int]

    @property
    def running(self) -> Record | None:
        """The kalpi that holds the home, if one does."""
        return self._record(SELF)

    @property
    def database_url(self) -> str | None:
        """Where Postgres is; None if it is the embedded one and does not run."""
        return self.environ.get("DATABASE_URL") or self._address(services.POSTGRES)

    @property
    def redis_url(self) -> str | None:
        """Where Redis is; None if it is the embedded one and does not run."""
        return self.environ.get("REDIS_URL") or self._address(services.VALKEY)

    def _address(self, name: str) -> str | None:
        record = self._record(name)
        return record.address if record else None

    def _record(self, name: str) -> Record | None:
        record = read_record(record_path(self.home, name))
        return record if record and is_alive(record) else None


def well(about: str, sentence: str) -> Finding:
    """Return that something is in order."""
    return Finding(about=about, level="well", sentence=sentence)


def note(about: str, sentence: str, remedy: str | None = None) -> Finding:
    """Return something that is worth knowing."""
    return Finding(about=about, level="note", sentence=sentence, remedy=remedy)


def problem(about: str, sentence: str, remedy: str) -> Finding:
    """Return something that is broken."""
    return Finding(about=about, level="problem", sentence=sentence, remedy=remedy)
