"""API keys: `kalpi_live_<12 id>_<32 secret><6 checksum>`, all in base 62.

The checksum is the CRC-32 of all that stands before it, so a mistyped key is refused without a look-up, and a scanner
finds leaked keys offline. The secret has 190 random bits: a fast keyed hash is enough to store it (ASVS 6.5.2).
"""

import hashlib
import hmac
import re

import msgspec

from api.accounts.base62 import ALPHABET, CHECKSUM_LENGTH, checks, checksum, random_text
from api.accounts.errors import MalformedKey
from api.accounts.server_secrets import Secret

__all__ = ["ALPHABET", "FORM", "ID_FORM", "Key", "is_key_id", "issue", "parse"]

_ID_LENGTH, _SECRET_LENGTH = 12, 32
ID_FORM = r"\A[0-9A-Za-z]{12}\Z"
_ID = re.compile(ID_FORM)
_FORM = re.compile(r"kalpi_live_([0-9A-Za-z]{12})_[0-9A-Za-z]{38}")
FORM = "kalpi_live_<12 letters or digits>_<38 letters or digits>"


class Key(msgspec.Struct, frozen=True):
    """A key whose form and checksum are right. Whether it was ever issued is the store's to say."""

    id: str
    text: str

    def __repr__(self) -> str:
        return f"Key(id={self.id!r})"  # SEC the secret stays out of logs and tracebacks

    @property
    def last_four(self) -> str:
        """The last characters before the checksum, for the owner to tell two keys apart."""
        return self.text[-CHECKSUM_LENGTH - 4 : -CHECKSUM_LENGTH]

    def digest(self, secret: Secret) -> bytes:
        """HMAC-SHA-256 of the key; 32 bytes, worth nothing without the server's secret."""
        return hmac.digest(secret.octets, self.text.encode(), hashlib.sha256)


def issue() -> Key:
    """Make a new key from the system's randomness."""
    key_id = random_text(_ID_LENGTH)
    body = f"kalpi_live_{key_id}_{random_text(_SECRET_LENGTH)}"
    return Key(id=key_id, text=body + checksum(body))


def parse(text: str) -> Key:
    """Read a key; MalformedKey if its form or its checksum is wrong."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise MalformedKey(f"the API key has not the form {FORM}")
    if not checks(text):
        raise MalformedKey("the API key's checksum does not match: a character is missing or wrong")
    return Key(id=match[1], text=text)


def is_key_id(text: str) -> bool:
    """Whether it has the form of a key's id."""
    return _ID.fullmatch(text) is not None
