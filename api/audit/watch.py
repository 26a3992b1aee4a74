"""Who wants to know how the audit is doing."""

from typing import Protocol


class Watch(Protocol):
    """Is told as it happens; must be quick, and never fail."""

    def event(self, kind: str) -> None:
        """A security event was recorded."""

    def turn(self, seconds: float, *, stored: bool) -> None:
        """The writer asked Postgres to take what waits."""

    def lost(self, table: str, rows: int) -> None:
        """Rows of a table could not be kept."""


class Nobody:
    """Wants to know nothing."""

    def event(self, kind: str) -> None:
        """Do nothing."""

    def turn(self, seconds: float, *, stored: bool) -> None:
        """Do nothing."""

    def lost(self, table: str, rows: int) -> None:
        """Do nothing."""


NOBODY = Nobody()
