"""When keys were last used, written once a minute and never while a request waits."""

import atexit
import threading
from datetime import UTC, datetime

from sqlalchemy import Engine, LargeBinary, String, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

from api.store import LOST, within

# what another worker is writing at this moment is as new as ours, so its rows are skipped
_WRITE = text("""
with used as (
    select *
    from unnest(:ids, :moments, :digests, :secret_ids) as used (id, at, digest, secret_id)
),
free as (
    select api_keys.id
    from api_keys
    join used on used.id = api_keys.id
    for update of api_keys skip locked
)
update api_keys
set
    last_used_at = greatest(api_keys.last_used_at, used.at),
    digest = coalesce(used.digest, api_keys.digest),
    secret_id = coalesce(used.secret_id, api_keys.secret_id)
from used, free
where used.id = api_keys.id and free.id = api_keys.id
""").bindparams(
    bindparam("ids", type_=ARRAY(String)),
    bindparam("moments", type_=ARRAY(TIMESTAMP(timezone=True))),
    bindparam("digests", type_=ARRAY(LargeBinary)),
    bindparam("secret_ids", type_=ARRAY(String)),
)


class KeyUsage:
    """Notes uses and writes them each `every` seconds. Thread-safe; its thread starts with the first use, not before.

    A key that an older secret made gets its new digest with the same statement. What is noted and not yet written is
    lost with a killed worker: a minute of a date that is told to the minute.
    """

    def __init__(self, engine: Engine, *, every: float = 60.0, deadline: float = 2.0) -> None:
        self._engine = engine
        self._every = every
        self._deadline = deadline
        self._used: dict[str, tuple[datetime, bytes | None, str | None]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, key_id: str, digest: bytes | None = None, secret_id: str | None = None) -> None:
        """Remember that a key was used now, and its new digest if it has one."""
        with self._lock:
            self._used[key_id] = (datetime.now(UTC), digest, secret_id)
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._write_on, name="key-usage", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def write(self) -> None:
        """Write what was noted; while Postgres is lost it stays noted."""
        with self._lock:
            used, self._used = self._used, {}
        if not used:
            return
        moments, digests, secret_ids = zip(*used.values(), strict=True)
        told = {"ids": list(used), "moments": list(moments), "digests": list(digests), "secret_ids": list(secret_ids)}
        try:
            with within(self._deadline), self._engine.begin() as connection:
                connection.execute(_WRITE, told)
        except LOST:
            with self._lock:
                self._used = used | self._used

    def close(self) -> None:
        """Write for the last time."""
        atexit.unregister(self.close)
        self._closing.set()
        if self._thread:
            self._thread.join()
            self.write()

    def _write_on(self) -> None:
        while not self._closing.wait(self._every):
            self.write()
