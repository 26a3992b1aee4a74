"""What changed from one version of a history to the next: of each symbol, how many rows stayed as they were."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from warehouse.files import write_atomically

KEPT = 8
"""Steps that are remembered; whoever was derived from an older version is made anew."""


class Step(msgspec.Struct, frozen=True):
    """The version before, and the rows kept of each symbol that changed."""

    since: str
    kept: dict[str, int]


class Changes:
    """The steps that led to a table's newest versions, each under the name of the version that it led to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, since: str, to: str, kept: Mapping[str, int]) -> None:
        """Remember a step."""
        write_atomically(self._path(to), msgspec.json.encode(Step(since, dict(kept))))

    def between(self, since: str, to: str) -> Mapping[str, int] | None:
        """Return the rows kept over all steps from one version to another; None if they are not all remembered."""
        kept: dict[str, int] = {}
        for _ in range(KEPT + 1):
            if to == since:
                return kept
            if (step := self._step(to)) is None:
                return None
            kept |= {name: min(count, kept.get(name, count)) for name, count in step.kept.items()}
            to = step.since
        return None

    def sweep(self, newest: str) -> set[str]:
        """Return the names of the files that tell of the newest steps."""
        names: set[str] = set()
        version = newest
        while len(names) < KEPT and (step := self._step(version)) is not None and self._path(version).name not in names:
            names.add(self._path(version).name)
            version = step.since
        return names

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}.step"

    def _step(self, version: str) -> Step | None:
        try:
            return msgspec.json.decode(self._path(version).read_bytes(), type=Step)
        except FileNotFoundError:
            return None
