"""OAuth 2 clients: an API key, whose id is the client's and whose text is the secret; and who logged in by password."""

from collections.abc import Callable, Mapping

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.util import scope_to_list

from api.accounts.errors import KeyRefused
from api.accounts.lookup import Principal
from api.accounts.scopes import OF_SESSIONS, written
from api.accounts.sessions import Opened
from api.tokens.claims import FIRST_PARTY, SCOPE

KEY_GRANT, SESSION_GRANT = "client_credentials", "refresh_token"
GRANTS = (KEY_GRANT, SESSION_GRANT)
KEY_METHODS, NO_METHOD = ("client_secret_basic", "client_secret_post"), "none"


class KeyClient(ClientMixin):
    """A client that proves itself by its key. `principal` is known from then on."""

    principal: Principal

    def __init__(self, client_id: str, principal_of_key: Callable[[str], Principal]) -> None:
        self._client_id = client_id
        self._principal_of_key = principal_of_key

    @property
    def claims(self) -> Mapping[str, object]:
        """What a token says of this client."""
        return {"sub": self.principal.account_id, "tv": self.principal.token_version}

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
        return endpoint == "token" and method in KEY_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may have this grant."""
        return grant_type == KEY_GRANT

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the scopes asked for, by default the usual one; None, a refusal, if the key has not all of them."""
        granted = self.principal.scopes
        wanted = frozenset(scope_to_list(scope)) if scope else granted & {SCOPE} or granted
        return written(wanted) if wanted and wanted <= granted else None


class FirstParty(ClientMixin):
    """Who logged in here. It has no secret to prove itself by, and its session once that is opened."""

    def __init__(self, opened: Opened | None = None) -> None:
        self.opened = opened

    @property
    def claims(self) -> Mapping[str, object]:
        """What a token says of the session."""
        opened = self.session
        return {"sub": str(opened.account_id), "sid": str(opened.id), "tv": opened.token_version}

    @property
    def session(self) -> Opened:
        """The session."""
        if self.opened is None:
            raise TypeError("no session has been opened yet")
        return self.opened

    def get_client_id(self) -> str:
        """Return the name of us."""
        return FIRST_PARTY

    def get_user_id(self) -> str:
        """Return the account's id, for Authlib, which takes a user for the subject."""
        return str(self.session.account_id)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - at every endpoint
        """Whether it may come without a secret."""
        return method == NO_METHOD

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may have this grant."""
        return grant_type == SESSION_GRANT

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return the scopes asked for, by default all."""
        return scope or written(OF_SESSIONS)
