"""Follows the published snapshot: opens and checks a new one off the request path, then swaps it in."""

import logging
import threading

from api.edition import Edition
from warehouse import snapshots
from warehouse.home import Home
from warehouse.serving import Reader
from warehouse.snapshots import CorruptSnapshot, NoSnapshot

_log = logging.getLogger("kalpi.api")
_KEPT = 4


class Follower:
    """The editions one worker serves. Start it after the fork; it looks at `current` every `interval` seconds."""

    def __init__(self, home: Home, *, interval: float = 0.5) -> None:
        self._home = home
        self._interval = interval
        self._current: Edition | None = None
        self._editions: dict[str, Edition] = {}
        self._refused: dict[str, str] = {}
        self._opening = threading.Lock()
        self._stopped = threading.Event()

    @property
    def refused(self) -> dict[str, str]:
        """The snapshots that were pointed at and not fit to be served, with the reason."""
        return dict(self._refused)

    def start(self) -> None:
        """Open the current snapshot, if there is one, and follow it from a thread."""
        self._try()
        threading.Thread(target=self._follow, name="snapshot-follower", daemon=True).start()

    def stop(self) -> None:
        """End the thread at its next look."""
        self._stopped.set()

    def edition(self, snapshot_id: str | None = None) -> Edition:
        """Return the served edition, or a kept one by id.

        Raises NoSnapshot, UnknownSnapshot, or CorruptSnapshot for one that is kept and not fit to be served.
        """
        if snapshot_id is None:
            if self._current is None:
                raise NoSnapshot("nothing has been published")
            return self._current
        return self._editions.get(snapshot_id) or self._open(snapshot_id)

    def look(self) -> None:
        """Swap in what `current` points at, if it is new and sound; else go on with what there is."""
        try:
            pointed = snapshots.current_id(self._home)
        except NoSnapshot:
            return
        if pointed in self._refused or (self._current and pointed == self._current.id):
            return
        try:
            self._current = self._editions.get(pointed) or self._open(pointed)
        except CorruptSnapshot:
            return
        self._forget()

    def _open(self, snapshot_id: str) -> Edition:
        with self._opening:  # one thread pays for opening, the others wait for it
            if snapshot_id in self._refused:
                raise CorruptSnapshot(self._refused[snapshot_id])
            if snapshot_id not in self._editions:
                try:
                    self._editions[snapshot_id] = Edition(Reader(snapshots.folder_of(self._home, snapshot_id)))
                except CorruptSnapshot as ex:
                    self._refused[snapshot_id] = str(ex)
                    _log.exception("snapshot %s is refused", snapshot_id)
                    raise
            return self._editions[snapshot_id]

    def _forget(self) -> None:
        """Let go of editions no longer kept on disk, and of the oldest beyond a few: requests still hold their own."""
        on_disk = snapshots.ids(self._home)
        served = self._current and self._current.id
        with self._opening:
            kept = sorted(self._editions.keys() & set(on_disk))[-_KEPT:]
            self._editions = {one: edition for one, edition in self._editions.items() if one in kept or one == served}

    def _follow(self) -> None:
        while not self._stopped.wait(self._interval):
            self._try()

    def _try(self) -> None:
        try:
            self.look()
        except Exception:  # noqa: BLE001 - the outermost handler of this thread: whatever it is, the next look may tell
            _log.warning("the current snapshot can't be opened now", exc_info=True)
