"""What an access token says, and for how long it is good."""

from typing import Annotated

import msgspec
from msgspec import Meta

PATH = "/v1/auth/token"
"""Where tokens are given."""
LIFETIME = 600
"""Seconds."""
LEEWAY = 30
"""Seconds by which the clocks of two hosts may differ."""
TYPE = "at+jwt"
SCOPE = "read"
"""The only one so far: all that the account may ask."""

KEY_ID = r"\A[0-9A-Za-z]{12}\Z"
"""An API key's id, which is the client's too."""
_Text = Annotated[str, Meta(min_length=1, max_length=256)]


class Names(msgspec.Struct, frozen=True):
    """Who gives tokens, by the public address, and whom they are for."""

    issuer: str

    @property
    def audience(self) -> str:
        """What tokens are for: this API."""
        return f"{self.issuer}/v1"


class Claims(msgspec.Struct, frozen=True):
    """The claims of an access token (RFC 9068). It names no tier, so that a change of it acts at once."""

    iss: _Text
    aud: _Text
    sub: _Text  # the account
    client_id: Annotated[str, Meta(pattern=KEY_ID)]
    scope: _Text
    jti: _Text
    iat: int
    nbf: int
    exp: int
