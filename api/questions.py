"""Questions: what a route is asked, declared as structs and read from path and query, or from a JSON body.

A question's fields are its parameters. What isn't allowed becomes a problem that names the parameter, what was given
and what is allowed; the last is worded from the field's own declaration.
"""

import json
import re
import reprlib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, cast

import falcon
import msgspec
from msgspec import UNSET, Meta

from api.days import day_of
from api.problems import Refusal
from warehouse.intervals import IntervalName

Q = TypeVar("Q", bound=msgspec.Struct)
MAX_BODY = 1_000_000
_REST = "params"
_MISTAKE = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$\.?(?P<place>[^`]*)`)?", re.DOTALL)
_FIELD = re.compile(r"(?P<kind>missing required|unknown) field `(?P<name>.*)`", re.DOTALL)
_NO_DATE = "Invalid RFC3339 encoded date"
_DAY = len("2013-03-01")
_SHOWN = 100  # characters of a mistaken value
SECRET = "password"  # noqa: S105 - JSON Schema's word
"""The format of what is never shown again, not even where it is mistaken."""

Symbol = Annotated[str, Meta(description="The listing's ticker, in capitals.", examples=["AAPL"])]
SnapshotId = Annotated[str | None, Meta(description="Answer from this snapshot; by default the current one.")]
CursorText = Annotated[str | None, Meta(description="`next_cursor` of the answer before; the rest stays the same.")]
Limit = Annotated[int, Meta(ge=1, le=10_000, description="The most rows or items in one answer.")]
Interval = Annotated[
    IntervalName,
    Meta(description="What one bar covers: a session, an exchange week or a calendar month; its date is the last day."),
]
Since = Annotated[
    str | None,
    Meta(
        description="A kept snapshot: answer only the rows that are new, restated or removed since, oldest first, with"
        " a column `change` that says which."
    ),
]
Explain = Annotated[
    bool,
    Meta(
        description="Tell besides how the values came about, in a series those of the last row: formula, parameters,"
        " bars looked at, the files that these came in, the run and its checks."
    ),
]
MinDataThrough = Annotated[
    date | None,
    Meta(description="Refuse to answer (`stale-data`) from a snapshot whose newest session is before this day."),
]
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
    min_data_through: MinDataThrough = None
    since: Since = None


def read(kind: type[Q], path: Mapping[str, str], query: Mapping[str, str | list[str]]) -> Q:
    """Return the question of a path and a query; a Refusal names the parameter that is not allowed.

    Names that are not the question's own go to its field `params`, if it has one.
    """
    own = _parameters(kind)
    values: dict[str, object] = dict(path)
    rest: dict[str, str] = {}
    for name, value in query.items():
        if type(value) is list:
            raise repeated(name, len(value), given=value)
        if name in own and name not in path:
            values[name] = value
        elif _REST in kind.__struct_fields__:
            rest[name] = value  # ty: ignore[invalid-assignment] # a list was refused above
        else:
            raise unknown_parameter(name, tuple(own.keys() - path.keys()))
    if _REST in kind.__struct_fields__:
        values[_REST] = rest
    question = _converted(kind, values, strict=False)
    for name in query:
        if name in own and getattr(question, name) is None:  # msgspec reads the text `null` as no value
            raise _not_allowed(kind, name, query[name])
    return question


def read_body(kind: type[Q], req: falcon.Request, path: Mapping[str, str]) -> Q:
    """Return the question of a path and a JSON body; a Refusal if that is too large, no JSON, or not for the route."""
    # A chunked body has no length to be bounded by; a server that ends it itself says so.
    stream = req.stream if req.env.get("wsgi.input_terminated") else req.bounded_stream
    octets = stream.read(MAX_BODY + 1)
    if len(octets) > MAX_BODY:
        raise too_large()
    try:
        values = msgspec.json.decode(octets)
        json.loads(octets, object_pairs_hook=_once)  # the first reader is strict, but lets a name's last value win
    except (ValueError, RecursionError) as ex:
        raise Refusal("not-json", f"the body is not JSON: {ex}", allowed="one JSON object") from ex
    if not isinstance(values, dict):
        raise Refusal("not-json", "the body is not a JSON object", allowed="one JSON object")
    own = tuple(name for name in kind.__struct_fields__ if name not in path)
    for name in values:
        if name not in own:
            raise unknown_parameter(name, own)
    return _converted(kind, values | path, strict=True)


def refuse_query(params: Mapping[str, str | list[str]]) -> None:
    """Raise a Refusal if anything stands in the query of a route that takes all in its body."""
    for name in params:
        raise unknown_parameter(name, ())


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


def repeated(name: str, times: int, given: object = None) -> Refusal:
    """Return the refusal of a name that comes again."""
    return Refusal(
        "repeated-parameter",
        f"{name} is given {times} times; allowed: once",
        parameter=name,
        given=given,
        allowed="once",
    )


def _once(members: list[tuple[str, object]]) -> None:
    """Raise a Refusal if an object of the body has a name twice."""
    counted = Counter(name for name, _ in members)
    for name, times in counted.items():
        if times > 1:
            raise repeated(name, times)


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


def _converted(kind: type[Q], values: Mapping[str, object], *, strict: bool) -> Q:
    try:
        return msgspec.convert(values, kind, strict=strict)
    except msgspec.ValidationError as ex:
        raise _mistaken(kind, values, str(ex)) from ex


def _mistaken(kind: type[msgspec.Struct], values: Mapping[str, object], message: str) -> Refusal:
    """Return the refusal of a value, or of a part of one (`indicators[0].id`), that msgspec tells of."""
    what, place = cast("re.Match[str]", _MISTAKE.fullmatch(message)).group("what", "place")
    field = _FIELD.search(what)
    name = ".".join(part for part in (place, field and field["name"]) if part)
    if name in kind.__struct_fields__:
        return _not_allowed(kind, name, values[name]) if name in values else _missing(kind, name)
    if field and field["kind"] == "unknown":
        return unknown_parameter(name, _members(kind, place))
    if what == _NO_DATE:
        return bad_date(name, _within(values, name))
    return Refusal("parameter-out-of-bounds", f"{name}: {what}", parameter=name)


def _within(values: object, name: str) -> object:
    """Return what stands at a dotted name."""
    for part in name.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _members(kind: type[msgspec.Struct], place: str) -> tuple[str, ...]:
    """Return the names that an object at a place within a question may have; questions nest once."""
    schema = msgspec.json.schema(parameters(kind)[place.partition("[")[0]].type)
    (inner,) = schema["$defs"].values()
    return tuple(inner["properties"])


def _not_allowed(kind: type[msgspec.Struct], name: str, value: object) -> Refusal:
    schema = schema_of(parameters(kind)[name])
    # a body may hold anything, also what is too long to be told or, like a number of 30 digits, can't be written
    given = value if isinstance(value, str) and len(value) <= _SHOWN else reprlib.repr(value)
    if schema.get("format") == SECRET:
        given = "..."
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


def _missing(kind: type[msgspec.Struct], name: str) -> Refusal:
    allowed = _worded(schema_of(parameters(kind)[name]))
    return Refusal("parameter-out-of-bounds", f"{name} is missing: {allowed}", parameter=name, allowed=allowed)


def bad_date(name: str, given: object, allowed: str = "YYYY-MM-DD") -> Refusal:
    """Return the refusal of something that is no date."""
    return Refusal(
        "bad-date", f"{name}={given!r} is no date; allowed: {allowed}", parameter=name, given=given, allowed=allowed
    )


def read_day(name: str, text: str, besides: str) -> int:
    """Return the number of a day written YYYY-MM-DD; a Refusal names the word that is allowed `besides`."""
    try:
        if len(text) == _DAY:  # fromisoformat also reads 20130301 and 2013-W09-5
            return day_of(date.fromisoformat(text))
    except ValueError:
        pass
    raise bad_date(name, text, f"YYYY-MM-DD or {besides}")


def _worded(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if schema.get("type") == "string" and "minLength" in schema:
        return f"a text of {schema['minLength']} to {schema['maxLength']} characters"
    if schema.get("type") == "integer":
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    if schema.get("type") == "array":
        return f"a list of {schema.get('minItems', 0)} to {schema['maxItems']}"
    if schema.get("type") == "object":
        names = schema.get("propertyNames", {}).get("description", "any name")
        return f"{schema['minProperties']} to {schema['maxProperties']} members, each named by {names}"
    return f"a {schema.get('type', 'value')}"
