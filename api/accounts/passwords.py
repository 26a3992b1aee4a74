"""Passwords, kept as argon2id hashes."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from api.accounts.errors import BadPassword

MINIMUM, MAXIMUM = 8, 1024
"""Length in characters; the maximum only bounds the work of hashing."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's floor: 19 MiB, about 30 ms


def hash_password(password: str) -> str:
    """Hash a password with a salt of its own, as a PHC string; BadPassword if its length is out of bounds."""
    if not MINIMUM <= len(password) <= MAXIMUM:
        raise BadPassword(f"the password has {len(password)} characters; allowed: {MINIMUM} to {MAXIMUM}")
    return _HASHER.hash(_octets(password))


def password_matches(password: str, password_hash: str) -> bool:
    """Whether the hash was made from this password."""
    try:
        return _HASHER.verify(password_hash, _octets(password))
    except (VerifyMismatchError, InvalidHashError):
        return False


def _octets(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
