"""Authlib's authorization server on Falcon: grants for API keys and for sessions."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

import falcon
import orjson
from authlib.consts import default_json_headers
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError
from authlib.oauth2.rfc6749.authenticate_client import authenticate_client_secret_basic
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from api.accounts.keys import is_key_id
from api.accounts.lookup import Principal
from api.accounts.scopes import MEANINGS
from api.accounts.sessions import Sessions
from api.tokens.bearer import Tokens
from api.tokens.claims import FIRST_PARTY
from api.tokens.client import KEY_METHODS, NO_METHOD, FirstParty, KeyClient
from api.tokens.form import FormRequest
from api.tokens.refreshing import Revocation, grant_of

logging.getLogger("authlib").setLevel(logging.INFO)  # SEC below that it writes tokens into the log


class UnknownClient(InvalidClientError):
    """No such key, or not any more, or another key's id; which of them is not told."""

    status_code = 401
    description = "client_id must be the id of an API key, and client_secret the whole key"

    def get_headers(self) -> list[tuple[str, str]]:
        """Return the headers, with the challenge that a 401 needs."""
        return [*default_json_headers, ("WWW-Authenticate", 'Basic realm="kalpi"')]


class Grant(ClientCredentialsGrant):
    """Client credentials, shown in the header or in the form."""

    TOKEN_ENDPOINT_AUTH_METHODS = KEY_METHODS


class Server(AuthorizationServer):
    """The logic of both routes. `principal_of_key` tells whose a key is, `admitted` counts who has shown one."""

    def __init__(
        self,
        tokens: Tokens,
        sessions: Sessions,
        principal_of_key: Callable[[str], Principal],
        admitted: Callable[[Principal, falcon.Response], None],
    ) -> None:
        super().__init__(scopes_supported=list(MEANINGS))
        self._principal_of_key = principal_of_key
        self._admitted = admitted
        self.register_grant(Grant)
        self.register_grant(grant_of(sessions))
        self.register_endpoint(Revocation(sessions, tokens.verify))
        self.register_token_generator("default", tokens.generator)
        self.register_client_auth_method("client_secret_basic", _by_header)
        self.register_client_auth_method(NO_METHOD, _first_party)

    def answer(self, request: FormRequest) -> None:
        """Answer a token request with a token or with an error of RFC 6749."""
        respond(request.resp, *self.create_token_response(request))

    def revoke(self, request: FormRequest) -> None:
        """Answer a revocation request: also for a token that is none, as there is nothing left to revoke."""
        respond(request.resp, *self.create_endpoint_response(Revocation.ENDPOINT_NAME, request))

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        """Return the request, which is Authlib's own already."""
        return request

    def handle_response(
        self, status: int, body: Mapping[str, object], headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, object], Sequence[tuple[str, str]]]:
        """Return what is to be answered."""
        return status, body, headers

    def handle_error_response(self, request: FormRequest, error: OAuth2Error) -> NoReturn:  # noqa: ARG002 - Authlib's own
        """Raise the error, for who called to answer and to count."""
        raise error

    def query_client(self, client_id: str) -> KeyClient | None:
        """Return a client that has yet to show its key."""
        return KeyClient(client_id, self._principal_of_key) if is_key_id(client_id) else None

    def authenticate_client(
        self, request: FormRequest, methods: Sequence[str], endpoint: str = "token"
    ) -> KeyClient | FirstParty:
        """Return the client, and count the request if it has shown a key; UnknownClient if there is none."""
        try:
            client: KeyClient | FirstParty = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError as ex:
            raise UnknownClient from ex
        if isinstance(client, KeyClient):
            self._admitted(client.principal, request.resp)
        return client

    def save_token(self, token: Mapping[str, object], request: FormRequest) -> None:
        """Keep nothing: an access token says all itself, and a session keeps its own."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody."""


def refuse(resp: falcon.Response, error: OAuth2Error) -> None:
    """Answer with an error of RFC 6749."""
    respond(resp, *error())


def respond(resp: falcon.Response, status: int, body: Mapping[str, object], headers: Sequence[tuple[str, str]]) -> None:
    """Write an answer of Authlib's into Falcon's response."""
    resp.status = status
    resp.set_headers(headers)
    resp.data = orjson.dumps(body)


def _by_header(query_client: Callable[[str], KeyClient | None], request: FormRequest) -> KeyClient | None:
    try:
        return authenticate_client_secret_basic(query_client, request)
    except ValueError:  # no base64, or no text in it
        return None


def _first_party(_query_client: object, request: FormRequest) -> FirstParty | None:
    """Return who logged in here, which is all who come without a client's credentials."""
    named = request.form.get("client_id", FIRST_PARTY) == FIRST_PARTY
    return FirstParty() if named and "client_secret" not in request.form and not request.headers else None
