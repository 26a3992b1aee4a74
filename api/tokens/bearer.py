"""Tells who asks, by access token. A token is verified once, and its key looked up as if the key itself had come."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from api.accounts.errors import KeyRefused
from api.accounts.lookup import Principal
from api.accounts.recent import Recent
from api.tokens.claims import Names
from api.tokens.errors import InvalidToken
from api.tokens.ring import KeyRing
from api.tokens.verifier import Verified, Verifier


class Tokens:
    """Resolves access tokens. Thread-safe; remembers at most `size` verified ones, and the text of none."""

    def __init__(
        self,
        folder: Path,
        issuer: str,
        principal_of: Callable[[str], Principal],
        *,
        size: int = 10_000,
        look_every: float = 5.0,
    ) -> None:
        self.names = Names(issuer)
        self.ring = KeyRing(folder, look_every=look_every)
        self._principal_of = principal_of
        self._verifier = Verifier(self.names, self.ring)
        self._verified: Recent[Verified] = Recent(size)

    def knows(self, text: str) -> bool:
        """Whether the token has been verified here before."""
        return self._verified.get(_digest(text)) is not None

    def principal(self, text: str) -> Principal:
        """Tell who asks; InvalidToken if nobody may with this token, or AccountsUnavailable."""
        verified = self._verify(text)
        try:
            principal = self._principal_of(verified.key_id)
        except KeyRefused as ex:
            raise InvalidToken from ex
        if principal.account_id != verified.account_id:
            raise InvalidToken
        return principal

    def _verify(self, text: str) -> Verified:
        # PERF a signature costs 130 us to verify and a digest 1; a key that was withdrawn takes its tokens with it
        digest = _digest(text)
        verified = self._verified.get(digest)
        if verified is None or verified.signed_by not in self.ring.live():
            verified = self._verifier.verify(text)
            self._verified.put(digest, verified)
        if verified.expires_at <= time.time():
            raise InvalidToken
        return verified


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
