"""Where everything of one installation lives on disk."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The folder named by `KALPI_HOME`, and the rooms in it; nothing is created by asking."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """Return the home that `KALPI_HOME` names, by default `data` in the working directory."""
        return cls(Path(os.environ.get("KALPI_HOME", "data")).resolve())

    @property
    def landing(self) -> Path:
        """Where people drop files to be taken in."""
        return self.root / "landing"

    @property
    def raw(self) -> Path:
        """Accepted batches, append-only, and the files they came from."""
        return self.root / "raw"

    @property
    def quarantine(self) -> Path:
        """Refused files and rows, with their reasons."""
        return self.root / "quarantine"

    @property
    def work(self) -> Path:
        """The tables that the next snapshot is made of."""
        return self.root / "work"

    @property
    def snapshots(self) -> Path:
        """Published snapshots and the link `current`."""
        return self.root / "snapshots"

    @property
    def indicators(self) -> Path:
        """The users' own indicators."""
        return self.root / "indicators"

    def indicator_files(self) -> dict[str, str]:
        """Return the texts of the users' own indicators by file name: `.toml`, and `.py` where the operator allows it.

        SEC: Python files are run as they are, so only KALPI_PYTHON_INDICATORS=1 has them read.
        """
        kinds = ["*.toml", *(["*.py"] if os.environ.get("KALPI_PYTHON_INDICATORS") == "1" else [])]
        return {path.name: path.read_text("utf-8") for kind in kinds for path in sorted(self.indicators.glob(kind))}

    @property
    def dagster(self) -> Path:
        """Dagster's own home: runs, events, schedules."""
        return self.root / "dagster"

    @property
    def runs(self) -> Path:
        """How the pipeline's last run ended."""
        return self.root / "runs"

    @property
    def services(self) -> Path:
        """The embedded servers' files."""
        return self.root / "services"

    @property
    def secrets(self) -> Path:
        """Keys that this installation made for itself; KALPI_SECRETS keeps them from whoever may read the rest."""
        return Path(os.environ.get("KALPI_SECRETS") or self.root / "secrets")
