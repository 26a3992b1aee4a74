"""The token route in /openapi.json: a form goes in and RFC 6749 says what comes out, so no `Endpoint` describes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from api.problems import BY_SLUG, Problem
from api.tokens.claims import LIFETIME, SCOPE
from api.tokens.client import GRANT

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
"""How a request can say who asks."""
EITHER = ({"key": []}, {"token": []})


class TokenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A form that asks for a token; id and key may come as HTTP Basic instead."""

    grant_type: Literal["client_credentials"]
    client_id: Annotated[str | None, Meta(description="The API key's id: its 12 characters after `kalpi_live_`.")] = (
        None
    )
    client_secret: Annotated[str | None, Meta(description="The whole API key.")] = None
    scope: Literal["read"] = SCOPE


class TokenAnswer(msgspec.Struct, frozen=True):
    """A token for `Authorization: Bearer`."""

    access_token: str
    expires_in: Annotated[int, Meta(description="Seconds.", examples=[LIFETIME])]
    scope: str
    token_type: Literal["Bearer"]


class TokenError(msgspec.Struct, frozen=True):
    """Why there is no token (RFC 6749 5.2)."""

    error: str
    error_description: str | None = None


_PROBLEMS = ("body-too-large", "quota-exceeded", "abnormal-usage-detected", "accounts-unavailable", "internal")
TYPES = (TokenAnswer, TokenError, TokenQuestion)


def operation(problems: Callable[[Sequence[Problem]], Mapping[str, Any]]) -> dict[str, Any]:
    """Return the description of the token route; `problems` describes its problems by status."""
    return {
        "operationId": "tokens_token",
        "summary": "An access token for an API key",
        "description": f"The grant is `{GRANT}`. Errors of form and key are told as in RFC 6749, others as problems.",
        "tags": ["tokens"],
        "security": [],
        "parameters": [],
        "requestBody": {"required": True, "content": {_FORM: {"schema": _reference(TokenQuestion)}}},
        "responses": {
            **problems([BY_SLUG[slug] for slug in _PROBLEMS]),
            "200": _response("A token", TokenAnswer),
            "400": _response("The form is wrong, or asks for what is not offered", TokenError),
            "401": _response("No such key, or not any more", TokenError),
        },
        "x-price": {"day": 0, "minute": 1},
    }


def _response(description: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": _reference(kind)}}}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
