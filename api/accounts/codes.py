"""Codes that mails carry: sealed, for one purpose, good for a time and once.

A code is sealed over what it changes: the address it verifies, the password it replaces. So it is worth nothing as soon
as it has been used, or anything else has changed that, and no table has to remember it.
"""

import hashlib
import hmac
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from uuid import UUID

import msgspec

from api.accounts.directory import Holder
from api.accounts.errors import BadCode
from api.accounts.server_secrets import Secret, Secrets

_ENDS = struct.Struct(">Q")
_ID_LENGTH, _SEAL_LENGTH = 16, 16
_LENGTH = _ID_LENGTH + _ENDS.size + _SEAL_LENGTH


class Purpose(msgspec.Struct, frozen=True):
    """What a code is for, how long it is good, and what of the account it is sealed over."""

    name: str
    seconds: int
    covers: Callable[[Holder], object]


VERIFY = Purpose("verify an address", 24 * 3600, lambda holder: (holder.email, holder.email_verified_at))
RESET = Purpose("replace a password", 3600, lambda holder: (holder.email, holder.password, holder.token_version))


class Codes:
    """Seals codes and opens them."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def seal(self, purpose: Purpose, holder: Holder) -> str:
        """Return a code for an account: 54 letters, digits, `-` and `_`."""
        body = holder.id.bytes + _ENDS.pack(int(time.time()) + purpose.seconds)
        octets = body + _seal(self._secrets.making(), purpose, body, holder)
        return urlsafe_b64encode(octets).decode().rstrip("=")

    def open(self, purpose: Purpose, text: str, find: Callable[[UUID], Holder | None]) -> Holder:
        """Return the account that a code is for; BadCode if it is not good."""
        body, seal = _taken_apart(text)
        if time.time() >= _ENDS.unpack(body[_ID_LENGTH:])[0]:
            raise BadCode
        holder = find(UUID(bytes=body[:_ID_LENGTH]))
        if holder is None or holder.disabled_at is not None:
            raise BadCode
        seals = (_seal(secret, purpose, body, holder) for secret in self._secrets.live())
        if not any(hmac.compare_digest(seal, one) for one in seals):
            raise BadCode
        return holder


def _seal(secret: Secret, purpose: Purpose, body: bytes, holder: Holder) -> bytes:
    sealed = body + msgspec.json.encode(purpose.covers(holder))
    return hmac.digest(secret.for_purpose(purpose.name), sealed, hashlib.sha256)[:_SEAL_LENGTH]


def _taken_apart(text: str) -> tuple[bytes, bytes]:
    try:
        octets = urlsafe_b64decode(text.encode("ascii") + b"==")
    except ValueError as ex:
        raise BadCode from ex
    if len(octets) != _LENGTH:
        raise BadCode
    return octets[:-_SEAL_LENGTH], octets[-_SEAL_LENGTH:]
