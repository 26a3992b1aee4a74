"""API keys: `kalpi_live_<12 id>_<32 secret><6 checksum>`, all in base 62.

The checksum is the CRC-32 of all that stands before it, so a mistyped key is refused without a look-up, and a scanner
finds leaked keys offline. The secret has 190 random bits: a fast keyed hash is enough to store it (ASVS 6.5.2).
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib

import msgspec

from api.accounts.errors import MalformedKey

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LENGTH, _SECRET_LENGTH, _CHECKSUM_LENGTH = 12, 32, 6
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
        return self.text[-_CHECKSUM_LENGTH - 4 : -_CHECKSUM_LENGTH]

    def digest(self, server_secret: bytes) -> bytes:
        """HMAC-SHA-256 of the key; 32 bytes, worth nothing without the server's secret."""
        return hmac.digest(server_secret, self.text.encode(), hashlib.sha256)


def issue() -> Key:
    """Make a new key from the system's randomness."""
    key_id = _random(_ID_LENGTH)
    body = f"kalpi_live_{key_id}_{_random(_SECRET_LENGTH)}"
    return Key(id=key_id, text=body + _checksum(body))


def parse(text: str) -> Key:
    """Read a key; MalformedKey if its form or its checksum is wrong."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise MalformedKey(f"the API key has not the form {FORM}")
    if text[-_CHECKSUM_LENGTH:] != _checksum(text[:-_CHECKSUM_LENGTH]):
        raise MalformedKey("the API key's checksum does not match: a character is missing or wrong")
    return Key(id=match[1], text=text)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    value, digits = zlib.crc32(body.encode()), ""
    while len(digits) < _CHECKSUM_LENGTH:
        value, digit = divmod(value, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
