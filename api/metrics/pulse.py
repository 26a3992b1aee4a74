"""What is not counted but read: every few seconds, from a thread of its own."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Self

from api.metrics.instruments import Instruments

Reading = Callable[[Instruments], None]
_log = logging.getLogger("kalpi.api")


class Pulse:
    """Takes readings again and again, one's failure no other's. Start it after the fork."""

    def __init__(self, instruments: Instruments, readings: Iterable[Reading], *, every: float = 2.0) -> None:
        self._instruments = instruments
        self._readings = tuple(readings)
        self._failing: set[Reading] = set()
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics-pulse", daemon=True)

    def start(self) -> Self:
        """Take the first readings at once, and go on."""
        self.beat()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Take no more."""
        self._stopped.set()

    def beat(self) -> None:
        """Take all readings once."""
        for reading in self._readings:
            try:
                reading(self._instruments)
            except Exception:  # noqa: BLE001 - the outermost handler of this thread, and the others have to be taken
                if reading not in self._failing:
                    _log.warning("a reading for the metrics fails", exc_info=True)
                self._failing.add(reading)
            else:
                self._failing.discard(reading)

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            self.beat()
