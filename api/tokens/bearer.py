"""Tells who asks, by access token. A token is verified once; its key or session is looked up like a key that came."""

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from api.accounts.errors import KeyRefused
from api.accounts.lookup import Principal
from api.accounts.recent import Recent
from api.accounts.sessions import Opened
from api.tokens.claims import Names
from api.tokens.client import SESSION_GRANT, FirstParty
from api.tokens.errors import EXPIRED, InvalidToken
from api.tokens.generator import Generator
from api.tokens.ring import KeyRing
from api.tokens.verifier import Verified, Verifier


class Credentials(Protocol):
    """What tokens stand for; `Authenticator` is the real one. Both raise one of `api.accounts.errors`."""

    def of_key(self, key_id: str, version: int) -> Principal:
        """Tell whose key has this id; `version` is the account's token version that a token bears."""

    def of_session(self, session_id: str, version: int) -> Principal:
        """Tell whose session has this id."""


class Tokens:
    """Gives and resolves access tokens. Thread-safe; remembers `size` verified ones at most, and the text of none."""

    def __init__(
        self,
        folder: Path,
        issuer: str,
        credentials: Credentials,
        *,
        size: int = 10_000,
        look_every: float = 5.0,
    ) -> None:
        self.names = Names(issuer)
        self.ring = KeyRing(folder, look_every=look_every)
        self.generator = Generator(self.names, self.ring)
        self._credentials = credentials
        self._verifier = Verifier(self.names, self.ring)
        self._verified: Recent[Verified] = Recent(size)

    def knows(self, text: str) -> bool:
        """Whether the token has been verified here before."""
        return self._verified.get(_digest(text)) is not None

    def given_in(self, opened: Opened) -> Mapping[str, object]:
        """Return the tokens of a session that has just been opened, as OAuth 2 tells them."""
        client = FirstParty(opened)
        token = self.generator(SESSION_GRANT, client, user=client, include_refresh_token=False)
        return {**token, "refresh_token": opened.refresh.text}

    def principal(self, text: str) -> Principal:
        """Tell who asks; InvalidToken if nobody may with this token, or AccountsUnavailable."""
        verified = self.verify(text)
        try:
            if verified.session_id is None:
                principal = self._credentials.of_key(verified.client_id, verified.version)
            else:
                principal = self._credentials.of_session(verified.session_id, verified.version)
        except KeyRefused as ex:
            raise InvalidToken(type(ex).__name__) from ex
        if principal.account_id != verified.account_id:
            raise InvalidToken("another account's")
        if not principal.scopes <= verified.scopes:
            principal = msgspec.structs.replace(principal, scopes=principal.scopes & verified.scopes)
        return principal

    def verify(self, text: str) -> Verified:
        """Return what a token says; InvalidToken if it isn't ours, or not any more. Whose it was is not asked."""
        # PERF a signature costs 130 us to verify and a digest 1; a key that was withdrawn takes its tokens with it
        digest = _digest(text)
        verified = self._verified.get(digest)
        if verified is None or verified.signed_by not in self.ring.live():
            verified = self._verifier.verify(text)
            self._verified.put(digest, verified)
        if verified.expires_at <= time.time():
            raise InvalidToken(EXPIRED)
        return verified


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
