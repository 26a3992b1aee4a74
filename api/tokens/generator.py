"""Makes access tokens as RFC 9068 has them."""

import time
from collections.abc import Mapping

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc.jwk import KeySet

from api.tokens.claims import LIFETIME, Names
from api.tokens.client import FirstParty, KeyClient
from api.tokens.ring import ALGORITHM, KeyRing


class Generator(JWTBearerTokenGenerator):
    """Authlib's generator, with our key and our claims."""

    def __init__(self, names: Names, ring: KeyRing) -> None:
        super().__init__(names.issuer, alg=ALGORITHM, expires_generator=LIFETIME)
        self._names = names
        self._ring = ring

    def get_jwks(self) -> KeySet:
        """Return the one key that signs; as a set, so that its id goes into the header."""
        return KeySet([self._ring.signing().key])

    def get_audiences(self, client: KeyClient | FirstParty, user: object, scope: str) -> str:  # noqa: ARG002 - Authlib's own
        """Return whom the token is for."""
        return self._names.audience

    def get_extra_claims(
        self,
        client: KeyClient | FirstParty,
        grant_type: str,  # noqa: ARG002
        user: object,  # noqa: ARG002
        scope: str,  # noqa: ARG002
    ) -> Mapping[str, object]:
        """Return whose the token is, and from when it is good."""
        return {**client.claims, "nbf": int(time.time())}
