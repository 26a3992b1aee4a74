"""Requests of OAuth 2: a form, read in the one way it can be read."""

from collections.abc import Callable, Mapping

import falcon
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from falcon.uri import parse_query_string

_FORM = "application/x-www-form-urlencoded"
_MAX_FORM = 8_192


class FormRequest(OAuth2Request):
    """A request as Authlib reads it, with the response that it gets, and where its security events go."""

    client: ClientMixin | None

    def __init__(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        uri: str,
        form: Mapping[str, str],
        record: Callable[..., None],
    ) -> None:
        """Take a request apart; InsecureTransportError if `uri` is neither https nor loopback."""
        authorization = req.env.get("HTTP_AUTHORIZATION")
        super().__init__(req.method, uri, headers={"Authorization": authorization} if authorization else {})
        self.payload = BasicOAuth2Payload(form)
        self.resp = resp
        self.record = record
        self._form = form

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters of the body."""
        return self._form


def read_form(req: falcon.Request, needed: str, allowed: str) -> dict[str, str]:
    """Return the form's parameters; InvalidRequestError if there is no form, or it can be read in two ways.

    `needed` is the parameter without which nothing is understood, and `allowed` are its values.
    """
    if (req.content_type or "").partition(";")[0].strip().lower() != _FORM:
        raise InvalidRequestError(f"the body must be {_FORM}")
    octets = req.bounded_stream.read(_MAX_FORM + 1)
    if len(octets) > _MAX_FORM:
        raise InvalidRequestError(f"the body must be at most {_MAX_FORM} bytes")
    try:
        read = parse_query_string(octets.decode("ascii"))
    except ValueError as ex:
        raise InvalidRequestError("the body must be percent-encoded") from ex
    form = {name: value for name, value in read.items() if isinstance(value, str)}
    if len(form) < len(read):
        raise InvalidRequestError("each parameter may be given once")
    if needed not in form:
        raise InvalidRequestError(f"{needed} is needed: {allowed}")
    if "client_secret" in form and "HTTP_AUTHORIZATION" in req.env:
        raise InvalidRequestError("client_secret and Authorization are two credentials; send one")
    return form
