"""A file in memory that is emptied while it is written: how pyarrow's writers are asked for a piece at a time."""


class Sink:
    """What pyarrow takes for a file."""

    closed = False

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._position = 0

    def write(self, octets: bytes) -> int:
        """Keep some bytes until they are taken."""
        self._written.append(bytes(octets))  # they are pyarrow's memory, and only lent
        self._position += len(octets)
        return len(octets)

    def tell(self) -> int:
        """Return how much was written, taken or not."""
        return self._position

    def flush(self) -> None:
        """Do nothing: what was written is there."""

    def close(self) -> None:
        """Do nothing: what was written can still be taken."""

    def taken(self) -> bytes:
        """Return what was written since it was last taken."""
        written, self._written = self._written, []
        return b"".join(written)
