"""Passwords, kept as argon2id hashes that nobody can try guesses on without the server's secret."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from api.accounts.errors import Busy
from api.accounts.server_secrets import Secret, Secrets

_PURPOSE = "pepper of passwords"
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's floor: 19 MiB, about 30 ms


class Kept(msgspec.Struct, frozen=True):
    """A password as it is kept: the hash in PHC form, and which secret is in it; none in those of the first version."""

    hash: str
    secret_id: str | None


class Passwords:
    """Hashes and compares. Thread-safe; does `at_once` at a time, and is `Busy` beyond that.

    Hashing is dear on purpose, in memory too: more at once would take all threads and cores from who asks for data.
    """

    def __init__(self, server_secrets: Secrets, *, at_once: int = 2) -> None:
        self._secrets = server_secrets
        self._free = threading.BoundedSemaphore(at_once)
        self._nobodys: Kept | None = None

    def keep(self, password: str) -> Kept:
        """Hash a password with a salt of its own."""
        secret = self._secrets.making()
        with self._place():
            return Kept(_HASHER.hash(_peppered(password, secret)), secret.id)

    def fit(self, password: str, kept: Kept | None) -> bool:
        """Whether it is the password that is kept. Where none is, the answer takes as long and is no."""
        self._nobodys = self._nobodys or self.keep(secrets.token_hex())
        right = kept or self._nobodys
        with self._place():
            return _fit(right, self._octets(password, right)) and kept is not None

    def is_outdated(self, kept: Kept) -> bool:
        """Whether the password would be kept otherwise today."""
        return kept.secret_id != self._secrets.making().id or _HASHER.check_needs_rehash(kept.hash)

    def _octets(self, password: str, kept: Kept) -> bytes:
        if kept.secret_id is None:
            return _encoded(password)
        made = self._secrets.made(kept.secret_id)
        return _peppered(password, made[0]) if made else b""

    @contextmanager
    def _place(self) -> Generator[None]:
        if not self._free.acquire(blocking=False):
            raise Busy
        try:
            yield
        finally:
            self._free.release()


def _fit(kept: Kept, octets: bytes) -> bool:
    try:
        return _HASHER.verify(kept.hash, octets)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _peppered(password: str, secret: Secret) -> bytes:
    return hmac.digest(secret.for_purpose(_PURPOSE), _encoded(password), hashlib.sha256)


def _encoded(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
