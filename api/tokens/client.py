"""An API key as an OAuth 2 client: its id is the client's, and the whole key is the secret."""

import re
from collections.abc import Callable

from authlib.oauth2.rfc6749 import ClientMixin

from api.accounts.errors import KeyRefused
from api.accounts.lookup import Principal
from api.tokens.claims import KEY_ID, SCOPE

GRANT = "client_credentials"
METHODS = ("client_secret_basic", "client_secret_post")
_ID = re.compile(KEY_ID)


class KeyClient(ClientMixin):
    """A client that proves itself by its key. `principal` is known from then on."""

    principal: Principal

    def __init__(self, client_id: str, principal_of_key: Callable[[str], Principal]) -> None:
        self._client_id = client_id
        self._principal_of_key = principal_of_key

    def get_client_id(self) -> str:
        """Return the key's id."""
        return self._client_id

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether it is this client's key, and still good; AccountsUnavailable passes through."""
        try:
            self.principal = self._principal_of_key(client_secret)
        except KeyRefused:
            return False
        return self.principal.key_id == self._client_id

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whether the client may prove itself in this way here."""
        return endpoint == "token" and method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may have this grant."""
        return grant_type == GRANT

    def get_allowed_scope(self, scope: str | None) -> str:  # noqa: ARG002 - the server has refused all others
        """Return the one scope there is."""
        return SCOPE


def is_client_id(text: str) -> bool:
    """Whether it has the form of a key's id."""
    return _ID.fullmatch(text) is not None
