"""What an access token says, and for how long it is good."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api.accounts.keys import ID_FORM
from api.accounts.scopes import MEANINGS, READ

PATH = "/v1/auth/token"
"""Where tokens are given."""
REVOKE_PATH = "/v1/auth/revoke"
LIFETIME = 600
"""Seconds."""
LEEWAY = 30
"""Seconds by which the clocks of two hosts may differ."""
TYPE = "at+jwt"
SCOPE = READ
"""What a key's token is for unless more is asked."""
FIRST_PARTY = "kalpi"
"""The client of who logs in with a password."""

_ANY = "|".join(MEANINGS)
_Text = Annotated[str, Meta(min_length=1, max_length=256)]


class Names(msgspec.Struct, frozen=True):
    """Who gives tokens, by the public address, and whom they are for."""

    issuer: str

    @property
    def audience(self) -> str:
        """What tokens are for: this API."""
        return f"{self.issuer}/v1"


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """The claims of an access token (RFC 9068). It names no tier, so that a change of it acts at once."""

    iss: _Text
    aud: _Text
    sub: _Text  # the account
    client_id: Annotated[str, Meta(pattern=rf"{ID_FORM}|\A{FIRST_PARTY}\Z")]
    scope: Annotated[str, Meta(pattern=rf"\A({_ANY})( ({_ANY}))*\Z", max_length=100)]
    jti: _Text
    tv: Annotated[int, Meta(ge=0)]  # the account's token version
    iat: int
    nbf: int
    exp: int
    sid: Annotated[str, Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")] | None = None
    """The session; a key's tokens have none."""
