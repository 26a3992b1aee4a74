"""Which format an answer comes in: `format` and `shape` in the query, else the header Accept (RFC 9110 12.5.1)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_args

from falcon.errors import InvalidMediaType
from falcon.util import mediatypes

from api.formats import BY_NAME, FORMATS, FORMS, JSON, USUAL, Form, Shape
from api.problems import Refusal
from api.questions import repeated

NAMES = ("format", "shape")
_WORDS = {"format": tuple(BY_NAME), "shape": get_args(Shape)}
_MEDIA = {media: one for one in FORMATS for media in (one.media, *one.also)}
_USUAL = frozenset({None, "*/*", JSON.media})
PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "format",
        "in": "query",
        "required": False,
        "description": "The format of the answer; without it the header Accept chooses, JSON unless it says otherwise.",
        "schema": {"type": "string", "enum": list(_WORDS["format"])},
    },
    {
        "name": "shape",
        "in": "query",
        "required": False,
        "description": "Of JSON: rows as columns (`columns`), or as an object each (`rows`).",
        "schema": {"type": "string", "enum": list(_WORDS["shape"]), "default": "columns"},
    },
)


def chosen(params: Mapping[str, str | list[str]], accept: str | None) -> Form:
    """Return the form that a request asks for; a Refusal of a word that isn't allowed, or of every format there is."""
    given = {name: _word(name, params[name]) for name in NAMES if name in params}
    if not given and accept in _USUAL:
        return USUAL
    name = given.get("format") or _accepted(accept)
    shape = given.get("shape", "columns")
    if (form := FORMS.get((name, shape))) is None:
        raise Refusal(
            "parameter-out-of-bounds",
            f"shape={shape} is of JSON alone; {name} has rows",
            parameter="shape",
            given=shape,
            allowed=["columns"],
        )
    return form


def _word(name: str, given: str | list[str]) -> str:
    if isinstance(given, list):
        raise repeated(name, len(given), given=given)
    if given not in _WORDS[name]:
        raise Refusal(
            "parameter-out-of-bounds",
            f"{name}={given!r} is not allowed: one of {', '.join(_WORDS[name])}",
            parameter=name,
            given=given,
            allowed=list(_WORDS[name]),
        )
    return given


@lru_cache(maxsize=256)
def _accepted(accept: str | None) -> str:
    """Return the format that is liked best, of those liked equally the first of ours."""
    if accept is None:
        return JSON.name
    try:
        found = mediatypes.best_match(_MEDIA, accept.lower())
    except InvalidMediaType as ex:
        raise Refusal("bad-request", f"the header Accept can't be understood: {ex}") from ex
    if not found:
        raise Refusal(
            "not-acceptable",
            f"nothing here is of a type that Accept names; allowed: {', '.join(one.media for one in FORMATS)}",
            allowed=[one.media for one in FORMATS],
        )
    return _MEDIA[found].name
