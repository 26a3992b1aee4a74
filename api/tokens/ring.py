"""The keys that sign access tokens: PEM files in one folder of secrets, in the order of their names.

A key can be put beside the one in use, and signs as soon as every worker has seen it; the older one goes on verifying
what it signed until its file is removed. What is read is kept, and the folder looked at again each few seconds.
"""

import fcntl
import logging
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
_CURVE = "P-256"
_log = logging.getLogger("kalpi.api")


class SigningKey(msgspec.Struct, frozen=True):
    """A key, its file, and the moment that was written."""

    id: str
    key: ECKey
    path: Path
    written_at: float

    def __repr__(self) -> str:
        return f"SigningKey(id={self.id!r})"  # SEC the private part stays out of logs and tracebacks


class KeyRing:
    """All signing keys of one installation. Thread-safe; reads nothing before the first use."""

    def __init__(self, folder: Path, *, look_every: float = 5.0) -> None:
        self._folder = folder
        self._look_every = look_every
        self._look_at = 0.0
        self._listed: tuple[tuple[str, int], ...] = ()
        self._keys: dict[str, SigningKey] = {}

    def live(self) -> dict[str, SigningKey]:
        """Return the keys by id, in the order of their files, at most `look_every` seconds old."""
        now = time.monotonic()
        if now >= self._look_at or not self._keys:
            self._look_at = now + self._look_every
            self._look()
        return self._keys

    def signing(self) -> SigningKey:
        """Return the newest key that all workers have seen by now; make the first one if there is none."""
        keys = self.live() or self._made()
        seen_by_all = time.time() - 2 * self._look_every
        settled = [one for one in keys.values() if one.written_at <= seen_by_all]
        return settled[-1] if settled else next(iter(keys.values()))

    def public(self) -> list[dict[str, str]]:
        """Return the public parts as JSON Web Keys (RFC 7517)."""
        return [
            {name: str(value) for name, value in one.key.as_dict(private=False).items()} for one in self.live().values()
        ]

    @contextmanager
    def alone(self) -> Generator[None]:
        """Keep all others from making keys meanwhile."""
        with _alone(self._folder):
            self._look()
            yield

    def add(self) -> SigningKey:
        """Make a key, the newest; to be called alone."""
        path = self._folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.pem"
        _write(path)
        self._look()
        return next(one for one in self._keys.values() if one.path == path)

    def remove(self, key_id: str) -> None:
        """Withdraw a key, and with it all that it signed; to be called alone."""
        self._keys[key_id].path.unlink()
        self._look()

    def _look(self) -> None:
        listed = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in self._folder.glob("[!.]*.pem")))
        if listed != self._listed:
            found = (_read(self._folder / name, written / 1e9) for name, written in listed)
            self._keys = {one.id: one for one in found if one}
            self._listed = listed

    def _made(self) -> dict[str, SigningKey]:
        with self.alone():
            if not self._keys:  # no other worker was first
                self.add()
        return self._keys


def _read(path: Path, written_at: float) -> SigningKey | None:
    try:
        key = ECKey.import_key(path.read_bytes(), {"use": "sig", "alg": ALGORITHM})
    except (JoseError, ValueError, TypeError, OSError):
        key = None
    if key is None or not key.is_private or key.curve_name != _CURVE:
        _log.error("%s is left out: it is no private key on the curve %s", path, _CURVE)
        return None
    key.ensure_kid()
    return SigningKey(id=key.thumbprint(), key=key, path=path, written_at=written_at)


def _write(path: Path) -> None:
    """Make a key; its file is whole as soon as it has its name, and only we can read it."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(ECKey.generate_key(_CURVE).as_pem(private=True))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
