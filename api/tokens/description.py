"""OAuth 2's routes in /openapi.json: forms go in and RFC 6749 says what comes out, so no `Endpoint` describes them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from api.accounts.scopes import MEANINGS
from api.problems import BY_SLUG, Problem
from api.tokens.claims import LIFETIME, PATH, REVOKE_PATH, SCOPE

TAGS = {"tokens": "OAuth 2: access tokens for keys and sessions"}
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
"""How a request can say who asks."""
_Scope = Annotated[
    str, Meta(description="; ".join(f"`{name}`: {meaning}" for name, meaning in MEANINGS.items()), examples=[SCOPE])
]


class TokenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A form that asks for a token: with a key and its id, which may come as HTTP Basic, or with a refresh token."""

    grant_type: Literal["client_credentials", "refresh_token"]
    client_id: Annotated[str | None, Meta(description="The API key's id: its 12 characters after `kalpi_live_`.")] = (
        None
    )
    client_secret: Annotated[str | None, Meta(description="The whole API key.")] = None
    refresh_token: Annotated[str | None, Meta(description="Good once: the answer has the next one.")] = None
    scope: _Scope | None = None


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A token for `Authorization: Bearer`; in a session with the next refresh token."""

    access_token: str
    expires_in: Annotated[int, Meta(description="Seconds.", examples=[LIFETIME])]
    scope: str
    token_type: Literal["Bearer"]
    refresh_token: str | None = None


class RevocationQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A form with a token whose session is to end."""

    token: Annotated[
        str, Meta(min_length=1, description="A refresh token, or an access token that was given in a session.")
    ]
    token_type_hint: Literal["access_token", "refresh_token", ""] | None = None


class Revoked(msgspec.Struct, frozen=True):
    """Nothing: the token is good for nothing, if it ever was."""


class TokenError(msgspec.Struct, frozen=True):
    """What is wrong (RFC 6749 5.2)."""

    error: str
    error_description: str | None = None


_PROBLEMS = (
    *("body-too-large", "quota-exceeded", "abnormal-usage-detected"),
    *("accounts-unavailable", "temporary-reduced-capacity", "internal"),
)
TYPES = (TokenAnswer, TokenError, TokenQuestion, RevocationQuestion, Revoked)


def operations(problems: Callable[[Sequence[Problem]], Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the descriptions of the routes by path; `problems` describes their problems by status."""
    common = {"tags": list(TAGS), "security": [], "parameters": []}
    errors = {
        **problems([BY_SLUG[slug] for slug in _PROBLEMS]),
        "400": _response("The form is wrong, or asks for what is not offered or not good any more", TokenError),
        "401": _response("No such key, or not any more, or no such kind of token", TokenError),
    }
    return {
        PATH: {
            "operationId": "tokens_token",
            "summary": "An access token for an API key or a refresh token",
            "description": "Errors of form and credential are told as in RFC 6749, others as problems.",
            **common,
            "requestBody": _body(TokenQuestion),
            "responses": {**errors, "200": _response("A token", TokenAnswer)},
            "x-price": {"day": 0, "minute": 1},
        },
        REVOKE_PATH: {
            "operationId": "tokens_revoke",
            "summary": "The end of a session",
            "description": "All tokens of the session end with it, access tokens within five seconds (RFC 7009).",
            **common,
            "requestBody": _body(RevocationQuestion),
            "responses": {**errors, "200": _response("The session is over", Revoked)},
            "x-price": {"day": 0, "minute": 0},
        },
    }


def _body(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {"required": True, "content": {_FORM: {"schema": _reference(kind)}}}


def _response(description: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": _reference(kind)}}}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
