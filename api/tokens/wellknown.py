"""What others need to ask for tokens and to verify them: public keys (RFC 7517) and metadata (RFC 8414)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api.accounts.scopes import MEANINGS
from api.desk import Desk
from api.questions import Nothing
from api.reply import Reply, whole
from api.tokens.claims import PATH, REVOKE_PATH
from api.tokens.client import GRANTS, KEY_METHODS, NO_METHOD

JWKS_PATH = "/.well-known/jwks.json"


class PublicKey(msgspec.Struct, frozen=True):
    """The public part of a signing key."""

    kty: str
    crv: str
    x: str
    y: str
    kid: Annotated[str, Meta(description="Stands in the header of the tokens it signed.")]
    alg: str
    use: str


class PublicKeys(msgspec.Struct, frozen=True):
    """The keys that verify access tokens; none before the first token was asked for."""

    keys: list[PublicKey]


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how tokens are given."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    grant_types_supported: tuple[str, ...] = GRANTS
    token_endpoint_auth_methods_supported: tuple[str, ...] = (*KEY_METHODS, NO_METHOD)
    revocation_endpoint_auth_methods_supported: tuple[str, ...] = (NO_METHOD,)
    scopes_supported: tuple[str, ...] = tuple(MEANINGS)
    response_types_supported: tuple[str, ...] = ()


def jwks(_question: Nothing, desk: Desk) -> Reply:
    """Return the public keys."""
    return whole(msgspec.convert({"keys": desk.deps.tokens.ring.public()}, PublicKeys))


def metadata(_question: Nothing, desk: Desk) -> Reply:
    """Return the authorization server's metadata."""
    issuer = desk.deps.tokens.names.issuer
    return whole(
        Metadata(
            issuer=issuer,
            token_endpoint=issuer + PATH,
            revocation_endpoint=issuer + REVOKE_PATH,
            jwks_uri=issuer + JWKS_PATH,
        )
    )
