"""Refresh tokens as Authlib's grant has them, and the end of a session (RFC 6749 6, RFC 7009)."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec
from authlib.oauth2.rfc6749 import InvalidGrantError, UnsupportedTokenTypeError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint

from api.accounts.errors import RefreshRefused, RefreshReused
from api.accounts.scopes import OF_SESSIONS, written
from api.accounts.sessions import Sessions
from api.tokens.client import NO_METHOD, FirstParty
from api.tokens.errors import InvalidToken
from api.tokens.form import FormRequest
from api.tokens.verifier import Verified


class Shown(msgspec.Struct, frozen=True):
    """A refresh token as it was shown. Whether it is good is found out by using it, once all else is right."""

    text: str

    def check_client(self, client: FirstParty) -> bool:  # noqa: ARG002 - there is one such client
        """Whether it was given to this client."""
        return True

    def get_scope(self) -> str:
        """Return the most that can be asked for."""
        return written(OF_SESSIONS)


def grant_of(sessions: Sessions) -> type[RefreshTokenGrant]:
    """Return the grant that changes refresh tokens of these sessions."""

    class Refreshing(RefreshTokenGrant):
        """Changes a refresh token for the next one, with a new access token."""

        TOKEN_ENDPOINT_AUTH_METHODS = (NO_METHOD,)
        request: FormRequest

        def authenticate_refresh_token(self, refresh_token: str) -> Shown:
            """Return the token unseen."""
            return Shown(refresh_token)

        def authenticate_user(self, refresh_token: Shown) -> FirstParty:
            """Use the token up, and return whose it is."""
            try:
                opened = sessions.renew(refresh_token.text)
            except RefreshReused as ex:
                self.request.record("refresh-reused", account_id=str(ex.account_id), session=str(ex.session_id))
                raise InvalidGrantError from ex
            except RefreshRefused as ex:
                raise InvalidGrantError from ex
            user = self.request.client = FirstParty(opened)
            return user

        def issue_token(self, user: FirstParty, refresh_token: Shown) -> Mapping[str, object]:
            """Return the access token beside the next refresh token."""
            return {**super().issue_token(user, refresh_token), "refresh_token": user.session.refresh.text}

        def revoke_old_credential(self, refresh_token: Shown) -> None:
            """Do nothing: it is used up."""

    return Refreshing


class NotRevocable(UnsupportedTokenTypeError):
    """A key's token."""

    status_code = 400
    description = "a token that was given for an API key ends with the key, or after ten minutes"


class Ending(msgspec.Struct, frozen=True):
    """What a token to be revoked ends: a session."""

    session_id: UUID

    def check_client(self, client: FirstParty) -> bool:  # noqa: ARG002 - who holds the token may end it
        """Whether it was given to this client."""
        return True


class Revocation(RevocationEndpoint):
    """Ends the session of a token, with all the tokens that were given in it."""

    CLIENT_AUTH_METHODS = (NO_METHOD,)

    def __init__(self, sessions: Sessions, verify: Callable[[str], Verified]) -> None:
        super().__init__()
        self._sessions = sessions
        self._verify = verify

    def query_token(self, token_string: str, token_type_hint: str | None) -> Ending | None:  # noqa: ARG002 - both are tried
        """Return what a token ends; None for what is no token of ours, which is as good as revoked."""
        try:
            session_id = self._sessions.session_of(token_string)
        except RefreshRefused:
            return self._of_access_token(token_string)
        return None if session_id is None else Ending(session_id)

    def revoke_token(self, token: Ending, request: FormRequest) -> None:
        """End the session."""
        account_id = self._sessions.end(token.session_id)
        if account_id is not None:
            request.record("session-ended", account_id=str(account_id), session=str(token.session_id))

    def _of_access_token(self, text: str) -> Ending | None:
        try:
            session_id = self._verify(text).session_id
        except InvalidToken:
            return None
        if session_id is None:
            raise NotRevocable
        return Ending(UUID(session_id))
