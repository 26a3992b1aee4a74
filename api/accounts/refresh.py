"""Refresh tokens: `kalpi_refresh_<43 secret><6 checksum>` in base 62, of 256 random bits."""

import hashlib
import hmac
import re

import msgspec

from api.accounts.base62 import checks, checksum, random_text
from api.accounts.errors import RefreshRefused
from api.accounts.server_secrets import Secret

_SECRET_LENGTH = 43
_FORM = re.compile(r"kalpi_refresh_[0-9A-Za-z]{49}")
_PURPOSE = "refresh tokens"


class Refresh(msgspec.Struct, frozen=True):
    """A refresh token whose form and checksum are right."""

    text: str

    def __repr__(self) -> str:
        return "Refresh(...)"  # SEC the token stays out of logs and tracebacks

    def digest(self, secret: Secret) -> bytes:
        """HMAC-SHA-256 of the token; 32 bytes."""
        return hmac.digest(secret.for_purpose(_PURPOSE), self.text.encode(), hashlib.sha256)


def issue() -> Refresh:
    """Make a new token from the system's randomness."""
    body = f"kalpi_refresh_{random_text(_SECRET_LENGTH)}"
    return Refresh(body + checksum(body))


def parse(text: str) -> Refresh:
    """Read a token; RefreshRefused if its form or its checksum is wrong, so that guesses cost no look-up."""
    if _FORM.fullmatch(text) is None or not checks(text):
        raise RefreshRefused
    return Refresh(text)
