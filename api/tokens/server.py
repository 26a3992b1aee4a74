"""Authlib's authorization server on Falcon: one grant, for clients that are API keys."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence

import falcon
import orjson
from authlib.consts import default_json_headers
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError, OAuth2Request
from authlib.oauth2.rfc6749.authenticate_client import authenticate_client_secret_basic
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc.jwk import KeySet

from api.accounts.lookup import Principal
from api.tokens.claims import LIFETIME, SCOPE, Names
from api.tokens.client import METHODS, KeyClient, is_client_id
from api.tokens.ring import ALGORITHM, KeyRing

logging.getLogger("authlib").setLevel(logging.INFO)  # SEC below that it writes tokens into the log


class FormRequest(OAuth2Request):
    """A token request as Authlib reads it, with the response that it gets."""

    def __init__(self, req: falcon.Request, resp: falcon.Response, uri: str, form: Mapping[str, str]) -> None:
        """Take a request apart; InsecureTransportError if `uri` is neither https nor loopback."""
        authorization = req.env.get("HTTP_AUTHORIZATION")
        super().__init__(req.method, uri, headers={"Authorization": authorization} if authorization else {})
        self.payload = BasicOAuth2Payload(form)
        self.resp = resp
        self._form = form

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters of the body."""
        return self._form


class UnknownClient(InvalidClientError):
    """No such key, or not any more, or another key's id; which of them is not told."""

    status_code = 401
    description = "client_id must be the id of an API key, and client_secret the whole key"

    def get_headers(self) -> list[tuple[str, str]]:
        """Return the headers, with the challenge that a 401 needs."""
        return [*default_json_headers, ("WWW-Authenticate", 'Basic realm="kalpi"')]


class Grant(ClientCredentialsGrant):
    """Client credentials, shown in the header or in the form."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


class Generator(JWTBearerTokenGenerator):
    """Makes access tokens as RFC 9068 has them."""

    def __init__(self, names: Names, ring: KeyRing) -> None:
        super().__init__(names.issuer, alg=ALGORITHM, expires_generator=LIFETIME)
        self._names = names
        self._ring = ring

    def get_jwks(self) -> KeySet:
        """Return the one key that signs; as a set, so that its id goes into the header."""
        return KeySet([self._ring.signing().key])

    def get_audiences(self, client: KeyClient, user: object, scope: str) -> str:  # noqa: ARG002 - Authlib's own
        """Return whom the token is for."""
        return self._names.audience

    def get_extra_claims(self, client: KeyClient, grant_type: str, user: object, scope: str) -> Mapping[str, object]:  # noqa: ARG002
        """Return the account as the subject, and from when the token is good."""
        return {"sub": client.principal.account_id, "nbf": int(time.time())}


class Server(AuthorizationServer):
    """The token endpoint's logic. `principal_of_key` tells whose a key is, `admitted` counts who has shown one."""

    def __init__(
        self,
        names: Names,
        ring: KeyRing,
        principal_of_key: Callable[[str], Principal],
        admitted: Callable[[Principal, falcon.Response], None],
    ) -> None:
        super().__init__(scopes_supported=[SCOPE])
        self._principal_of_key = principal_of_key
        self._admitted = admitted
        self.register_grant(Grant)
        self.register_token_generator("default", Generator(names, ring))
        self.register_client_auth_method("client_secret_basic", _by_header)

    def answer(self, request: FormRequest) -> None:
        """Answer a token request with a token or with an error of RFC 6749."""
        status, body, headers = self.create_token_response(request)
        respond(request.resp, status, body, headers)

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        """Return the request, which is Authlib's own already."""
        return request

    def handle_response(
        self, status: int, body: Mapping[str, object], headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, object], Sequence[tuple[str, str]]]:
        """Return what is to be answered."""
        return status, body, headers

    def query_client(self, client_id: str) -> KeyClient | None:
        """Return a client that has yet to show its key."""
        return KeyClient(client_id, self._principal_of_key) if is_client_id(client_id) else None

    def authenticate_client(self, request: FormRequest, methods: Sequence[str], endpoint: str = "token") -> KeyClient:
        """Return the client by its key, and count the request; UnknownClient if there is none."""
        try:
            client: KeyClient = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError as ex:
            raise UnknownClient from ex
        self._admitted(client.principal, request.resp)
        return client

    def save_token(self, token: Mapping[str, object], request: FormRequest) -> None:
        """Keep nothing: a token says all itself, and ends with its key."""

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
