"""Reads access tokens, and believes none that is not exactly what we sign (RFC 8725, RFC 9068)."""

import json
import time
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.util import to_bytes, urlsafe_b64decode

from api.tokens.claims import FIRST_PARTY, LEEWAY, LIFETIME, TYPE, Claims, Names
from api.tokens.errors import EXPIRED, InvalidToken
from api.tokens.ring import ALGORITHM, KeyRing

MAX_LENGTH = 8_192


class Verified(msgspec.Struct, frozen=True):
    """A token whose signature and claims are right, and the key that signed it."""

    signed_by: str
    account_id: str
    client_id: str
    """An API key's id, unless there is a session."""
    session_id: str | None
    version: int
    scopes: frozenset[str]
    expires_at: int


class Verifier:
    """The one place where tokens are verified."""

    def __init__(self, names: Names, ring: KeyRing) -> None:
        self._ring = ring
        needed = [field.name for field in msgspec.structs.fields(Claims) if field.required]
        options: dict[str, Any] = {name: {"essential": True} for name in needed}
        options["iss"]["value"], options["aud"]["value"] = names.issuer, names.audience
        self._registry = jwt.JWTClaimsRegistry(leeway=LEEWAY, **options)

    def verify(self, text: str) -> Verified:
        """Return what a token says; InvalidToken if anything about it is not as it must be."""
        if len(text) > MAX_LENGTH:
            raise InvalidToken("too long")
        try:
            signed_by = _key_id(text)
            key = self._ring.live()[signed_by].key
            token = jwt.decode(text, key, algorithms=[ALGORITHM], decoder_cls=_Strict)
            self._registry.validate(token.claims)
            claims = msgspec.convert(token.claims, Claims)
        except ExpiredTokenError as ex:
            raise InvalidToken(EXPIRED) from ex
        except (JoseError, LookupError, ValueError, TypeError, RecursionError) as ex:
            raise InvalidToken(type(ex).__name__) from ex
        # a token ends when it says so, as the leeway is for clocks that are ahead of ours; and we give none for longer
        if claims.exp <= time.time():
            raise InvalidToken(EXPIRED)
        if claims.exp > claims.iat + LIFETIME or (claims.client_id == FIRST_PARTY) != (claims.sid is not None):
            raise InvalidToken("claims that don't fit together")
        return Verified(
            signed_by=signed_by,
            account_id=claims.sub,
            client_id=claims.client_id,
            session_id=claims.sid,
            version=claims.tv,
            scopes=frozenset(claims.scope.split()),
            expires_at=claims.exp,
        )


def _key_id(text: str) -> str:
    """Return the signing key's id; ValueError unless the header has these three members and no other.

    SEC what names a key (jwk, jku, x5u, x5c) or changes how a token is read (crit, zip, b64) is no member of ours.
    """
    header = json.loads(urlsafe_b64decode(to_bytes(text.partition(".")[0])), cls=_Strict)
    if header != {"alg": ALGORITHM, "typ": TYPE, "kid": header["kid"]}:
        raise ValueError("not the header of an access token")
    return header["kid"]


class _Strict(json.JSONDecoder):
    """Reads JSON that can be read in one way only."""

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=_once, parse_constant=_no_constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member stands there twice")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
