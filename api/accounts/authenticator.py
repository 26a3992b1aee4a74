"""Tells who asks, by API key or session, with at most one look-up in five seconds for each.

What was read from Postgres is believed for `fresh` seconds, so a revocation acts within them in every worker. While
Postgres is lost, what was read at most `stale` seconds ago goes on working and all others are told to come back.
"""

import hashlib
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine, text

from api.accounts.errors import AccountsUnavailable, UnknownKey
from api.accounts.keys import Key, parse
from api.accounts.lookup import Finder, Finding, Principal, all_tiers
from api.accounts.recent import Recent
from api.accounts.server_secrets import Secrets
from api.accounts.tiers import Tier, seeded
from api.accounts.usage import KeyUsage
from api.breaker import Breaker
from api.store import LOST, within

T = TypeVar("T")
_UNKNOWN_KEPT = 1000


class Authenticator:
    """Resolves keys and sessions. Thread-safe; holds at most `size` of them, and no secret of any."""

    def __init__(
        self,
        engine: Engine,
        secrets: Secrets,
        *,
        verified_only: bool = False,
        fresh: float = 5.0,
        stale: float = 600.0,
        size: int = 10_000,
        deadline: float = 1.0,
        probe_every: float = 1.0,
    ) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")  # one round trip, not three
        self._secrets = secrets
        self._find = Finder(secrets, verified_only)
        self._usage = KeyUsage(self._engine)
        self._fresh = fresh
        self._stale = stale
        self._deadline = deadline
        self._known: Recent[Finding] = Recent(size)
        self._unknown: Recent[float] = Recent(_UNKNOWN_KEPT)  # apart, so that guesses push no real key out
        self._tiers = (-stale, seeded())
        self._breaker = Breaker(self._answers, interval=probe_every)

    @property
    def available(self) -> bool:
        """Whether Postgres answered when last asked."""
        return not self._breaker.open

    def knows(self, key_text: str) -> bool:
        """Whether the key has been looked up here before."""
        return self._known.get(_digest(key_text)) is not None

    def principal(self, key_text: str) -> Principal:
        """Tell who asks.

        Raises MalformedKey, UnknownKey, RevokedKey, ExpiredKey, DisabledAccount, or AccountsUnavailable.
        """
        # PERF the cache stands before everything else: a known key costs about 2 us
        return self._principal(_digest(key_text), self._look_up, key_text)

    def of_key(self, key_id: str, version: int) -> Principal:
        """Tell whose key has this id, for a token that was given to who showed it. Raises what `principal` raises."""
        token = b"id:%b" % key_id.encode()  # shorter than a digest, so never one
        return self._principal(token, self._look_up_id, key_id, version)

    def of_session(self, session_id: str, version: int) -> Principal:
        """Tell whose session has this id, for a token that was given in it. Raises what `principal` raises."""
        token = b"session:%b" % session_id.encode()  # longer than a digest
        return self._principal(token, self._look_up_session, session_id, version)

    def _principal(
        self, token: bytes, look_up: Callable[[bytes, str], Finding], told: str, version: int | None = None
    ) -> Principal:
        finding = self._known.get(token)
        if finding is not None and version is not None and version > finding.principal.token_version:
            finding = None  # we sign no version before it is written, so what is known here is old
        if finding is not None and time.monotonic() < finding.read_at + self._fresh:
            return finding.admit(version)
        try:
            return look_up(token, told).admit(version)
        except AccountsUnavailable:
            if finding is None or time.monotonic() > finding.read_at + self._stale:
                raise
            return finding.admit(version)

    def tiers(self) -> tuple[Tier, ...]:
        """Give all tiers by rank, at most `fresh` seconds old, or the last ones seen while Postgres is lost."""
        read_at, tiers = self._tiers
        now = time.monotonic()
        if now < read_at + self._fresh:
            return tiers
        try:
            tiers = self._ask(all_tiers)
        except AccountsUnavailable:
            return tiers
        self._tiers = (now, tiers)
        return tiers

    def close(self) -> None:
        """Stop probing and write what is noted; the engine is the caller's."""
        self._breaker.close()
        self._usage.close()

    def _look_up(self, token: bytes, key_text: str) -> Finding:
        key = parse(key_text)
        finding = self._asked(token, key.id, lambda connection: self._find.key(connection, key))
        self._note(key, finding)
        return finding

    def _look_up_id(self, token: bytes, key_id: str) -> Finding:
        finding = self._asked(token, key_id, lambda connection: self._find.key_by_id(connection, key_id))
        finding.admit()
        self._usage.note(key_id)
        return finding

    def _look_up_session(self, token: bytes, session_id: str) -> Finding:
        return self._asked(token, session_id, lambda connection: self._find.session(connection, session_id))

    def _note(self, key: Key, finding: Finding) -> None:
        finding.admit()
        # PERF a key in use is looked up every `fresh` seconds, so its last use is known without a step in each request
        making = self._secrets.making()
        if finding.secret_id == making.id:
            self._usage.note(key.id)
        else:
            self._usage.note(key.id, key.digest(making), making.id)

    def _asked(self, token: bytes, credential_id: str, question: Callable[[Connection], Finding | None]) -> Finding:
        refused_at = self._unknown.get(token)
        if refused_at is not None and time.monotonic() < refused_at + self._fresh:
            raise UnknownKey(f"the API key {credential_id} is not known")
        finding = self._ask(question)
        if finding is None:
            self._known.drop(token)
            self._unknown.put(token, time.monotonic())
            raise UnknownKey(f"the API key {credential_id} is not known")
        self._known.put(token, finding)
        return finding

    def _ask(self, question: Callable[[Connection], T]) -> T:
        if self._breaker.open:
            raise AccountsUnavailable(retry_after=1)
        try:
            with within(self._deadline), self._engine.connect() as connection:
                answer = question(connection)
        except LOST as ex:
            self._breaker.failed()
            raise AccountsUnavailable(retry_after=1) from ex
        self._breaker.succeeded()
        return answer

    def _answers(self) -> bool:
        try:
            with within(self._deadline), self._engine.connect() as connection:
                connection.execute(text("select 1"))
        except LOST:
            return False
        return True


def _digest(key_text: str) -> bytes:
    return hashlib.sha256(key_text.encode("utf-8", "surrogatepass")).digest()
