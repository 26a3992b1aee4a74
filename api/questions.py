"""Questions: what a route is asked, declared as structs and read from path and query, or from a JSON body.

A question's fields are its parameters. What isn't allowed becomes a problem that names the parameter, what was given
and what is allowed; the last is worded from the field's own declaration.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import falcon
import msgspec
from msgspec import UNSET, Meta

from api.problems import Refusal

Q = TypeVar("Q", bound=msgspec.Struct)
MAX_BODY = 1_000_000
_REST = "params"
_PLACE = re.compile(r"`\$\.(\w+)|field `(\w+)`")

Symbol = Annotated[str, Meta(description="The listing's ticker, in capitals.", examples=["AAPL"])]
SnapshotId = Annotated[str | None, Meta(description="Answer from this snapshot; by default the current one.")]
CursorText = Annotated[str | None, Meta(description="`next_cursor` of the answer before; the rest stays the same.")]
Limit = Annotated[int, Meta(ge=1, le=10_000, description="The most rows or items in one answer.")]
Interval = Annotated[Literal["1d"], Meta(description="The bars' length.")]
AdjustName = Annotated[
    Literal["split", "raw", "split_div"],
    Meta(description="Prices adjusted for splits, as traded, or adjusted for splits and dividends."),
]


class Nothing(msgspec.Struct, kw_only=True):
    """A question without parameters."""


class Stretch(msgspec.Struct, kw_only=True):
    """A stretch of one symbol's history.

    With `start`, pages go forward from it. Without, the newest `limit` rows come first and pages go back from them.
    Rows are oldest first in every page.
    """

    symbol: Symbol
    interval: Interval = "1d"
    adjust: AdjustName = "split"
    start: Annotated[date | None, Meta(description="The first day, YYYY-MM-DD; pages then go forward.")] = None
    end: Annotated[date | None, Meta(description="The last day, YYYY-MM-DD.")] = None
    limit: Limit = 1_000
    cursor: CursorText = None
    snapshot: SnapshotId = None


def read(kind: type[Q], path: Mapping[str, str], query: Mapping[str, str | list[str]]) -> Q:
    """Return the question of a path and a query; a Refusal names the parameter that is not allowed.

    Names that are not the question's own go to its field `params`, if it has one.
    """
    own = _parameters(kind)
    values: dict[str, object] = dict(path)
    rest: dict[str, str] = {}
    for name, value in query.items():
        if type(value) is list:
            raise Refusal(
                "repeated-parameter",
                f"{name} is given {len(value)} times; allowed: once",
                parameter=name,
                given=value,
                allowed="once",
            )
        if name in own and name not in path:
            values[name] = value
        elif _REST in kind.__struct_fields__:
            rest[name] = value  # ty: ignore[invalid-assignment] # a list was refused above
        else:
            raise unknown_parameter(name, tuple(own.keys() - path.keys()))
    if _REST in kind.__struct_fields__:
        values[_REST] = rest
    question = _converted(kind, values)
    for name in query:
        if name in own and getattr(question, name) is None:  # msgspec reads the text `null` as no value
            raise _not_allowed(kind, name, query[name])
    return question


def read_body(kind: type[Q], req: falcon.Request) -> Q:
    """Return the question of a JSON body; a Refusal if it is too large, no JSON, or not what the route takes."""
    octets = req.bounded_stream.read(MAX_BODY + 1)
    if len(octets) > MAX_BODY:
        raise too_large()
    try:
        values = msgspec.json.decode(octets)
    except (msgspec.DecodeError, RecursionError) as ex:
        raise Refusal("not-json", f"the body is not JSON: {ex}", allowed="one JSON object") from ex
    if not isinstance(values, dict):
        raise Refusal("not-json", "the body is not a JSON object", allowed="one JSON object")
    for name in values:
        if name not in kind.__struct_fields__:
            raise unknown_parameter(name, kind.__struct_fields__)
    return _converted(kind, values)


def too_large() -> Refusal:
    """Return the refusal of a body that is not read."""
    return Refusal("body-too-large", f"the body is larger than {MAX_BODY} bytes", allowed=f"at most {MAX_BODY} bytes")


def unknown_parameter(name: str, known: tuple[str, ...]) -> Refusal:
    """Return the refusal of a name that the route does not know."""
    allowed = sorted(known)
    listed = ", ".join(allowed) or "none"
    return Refusal(
        "unknown-parameter", f"no parameter {name!r} here; allowed: {listed}", parameter=name, allowed=allowed
    )


def parameters(kind: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """Return the named parameters of a question."""
    return {field.name: field for field in msgspec.structs.fields(kind) if field.name != _REST}


_parameters = cache(parameters)


def schema_of(field: msgspec.structs.FieldInfo) -> dict[str, Any]:
    """Return a parameter's JSON schema, its default included; a null is no value that a query can have."""
    schema = msgspec.json.schema(field.type)
    options = [one for one in schema.pop("anyOf", []) if one != {"type": "null"}]
    schema |= options[0] if options else {}
    if field.default not in (UNSET, msgspec.NODEFAULT, None):
        schema["default"] = field.default
    return schema


def _converted(kind: type[Q], values: Mapping[str, object]) -> Q:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as ex:
        place = _PLACE.search(str(ex))
        name = place and (place[1] or place[2])
        if not name:
            raise Refusal("parameter-out-of-bounds", str(ex)) from ex
        raise _not_allowed(kind, name, values.get(name)) from ex


def _not_allowed(kind: type[msgspec.Struct], name: str, given: object) -> Refusal:
    schema = schema_of(parameters(kind)[name])
    if schema.get("format") == "date":
        return bad_date(name, given)
    allowed = _worded(schema)
    return Refusal(
        "parameter-out-of-bounds",
        f"{name}={given!r} is not allowed: {allowed}",
        parameter=name,
        given=given,
        allowed=schema.get("enum") or allowed,
    )


def bad_date(name: str, given: object, allowed: str = "YYYY-MM-DD") -> Refusal:
    """Return the refusal of something that is no date."""
    return Refusal(
        "bad-date", f"{name}={given!r} is no date; allowed: {allowed}", parameter=name, given=given, allowed=allowed
    )


def _worded(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if schema.get("type") == "integer":
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    return f"a {schema.get('type', 'value')}"
