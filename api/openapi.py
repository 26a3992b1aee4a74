"""/openapi.json, generated from the routes: a struct's field is told once, and validated and described from there."""

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api import dry_run, examples
from api.dry_run import Cost
from api.endpoint import PUBLIC, Endpoint
from api.errors import MEDIA
from api.formats import FORMATS, choice
from api.problems import PROBLEMS, Problem
from api.questions import parameters, schema_of
from api.reply import TOLD, Reply, whole
from api.tokens import description as tokens

_REFERENCE = "#/components/schemas/{name}"
_JSON = "application/json"
_RECORDS = "Records"
_ROWS = {
    "type": "array",
    "items": {"type": "object", "additionalProperties": {"type": ["number", "string", "boolean", "null"]}},
    "description": "The rows, oldest first: with `shape=records`, in place of `columns`.",
}
_ABOUT = """Technical indicators on end-of-day bars, from immutable snapshots. Values are float64, computed on the whole
history of a symbol whatever rows are asked for; null means no value. Errors are RFC 9457 problems."""
_INDICATOR_PARAMETERS = {
    "name": "params",
    "in": "query",
    "required": False,
    "style": "form",
    "explode": True,
    "description": "The indicator's own parameters, each under its name (`period=14`); the catalogue has the bounds.",
    "schema": {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
}


class Document(msgspec.Struct, frozen=True):
    """An OpenAPI document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]
    tags: list[dict[str, Any]]


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True):
    """What an error says (RFC 9457). Single problems have members besides these."""

    type: Annotated[str, Meta(description="The problem type; it can be fetched.", examples=["/problems/bad-date"])]
    title: str
    status: int
    detail: Annotated[str, Meta(description="What was asked, what was wrong, what is allowed.")]
    instance: Annotated[str, Meta(description="The path that was asked for.")]
    request_id: Annotated[str, Meta(description="Names this request in our log.")]
    parameter: Annotated[str | None, Meta(description="The parameter that is not allowed.")] = None
    given: Annotated[Any, Meta(description="What was given.")] = None
    allowed: Annotated[Any, Meta(description="What is allowed.")] = None
    tier: Annotated[str | None, Meta(description="The tier of the key.")] = None
    rule: Annotated[str | None, Meta(description="The tier's rule that refuses, such as `indicators`.")] = None
    least_tier: Annotated[str | None, Meta(description="The lowest tier that would be let in.")] = None


_TOO_LONG = {"414": {"description": "The request's first line has more than 4,094 bytes; the server says so as text."}}


@lru_cache(maxsize=2)
def reply(endpoints: tuple[Endpoint, ...]) -> Reply:
    """Return the document as an answer."""
    return whole(document(endpoints))


def document(endpoints: Sequence[Endpoint]) -> Document:
    """Return the description of some routes."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in endpoints:
        paths[endpoint.path][endpoint.method.lower()] = examples.illustrate(_operation(endpoint))
    for path, operation in tokens.operations(_problems).items():
        paths[path]["post"] = examples.illustrate(operation)
    answers = {answer for endpoint in endpoints for answer in (endpoint.answer, *endpoint.others)}
    bodies = {endpoint.question for endpoint in endpoints if endpoint.has_body and "{" not in endpoint.path}
    types = sorted({*answers, *bodies, Cost, ProblemBody, *tokens.TYPES}, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    for body in bodies:
        schemas[body.__name__]["additionalProperties"] = False
    for endpoint in endpoints:
        for answer in _rows_of(endpoint):
            _add_records(answer.__name__, schemas)
    return Document(
        openapi="3.1.0",
        info={
            "title": "Kalpi",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        paths=paths,
        components={
            "schemas": schemas,
            "securitySchemes": tokens.SCHEMES,
            "examples": {problem.slug: _shown(problem) for problem in PROBLEMS},
        },
        tags=[{"name": tag, "description": about} for tag, about in _tags(endpoints).items()],
    )


def _tags(endpoints: Sequence[Endpoint]) -> dict[str, str]:
    """Return the groups, each with what the first sentence of its module says after the routes."""
    modules = {endpoint.group: endpoint.told_by for endpoint in endpoints}
    first = {group: re.split(r"\.\s", sys.modules[module].__doc__ or "")[0] for group, module in modules.items()}
    told = {group: sentence.rpartition(": ")[2].rstrip(".") for group, sentence in first.items()}
    return {group: sentence[:1].upper() + sentence[1:] for group, sentence in (told | tokens.TAGS).items()}


def _shown(problem: Problem) -> dict[str, Any]:
    return {"summary": problem.title, "value": examples.problems().get(problem.slug, {})}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    keyed = endpoint.price is not PUBLIC
    tried = keyed and not endpoint.acts
    operation = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.group],
        "security": _security(endpoint) if keyed else [],
        "parameters": [
            *_parameters(endpoint),
            *(choice.PARAMETERS if endpoint.has_rows else ()),
            *([dry_run.PARAMETER] if tried else []),
        ],
        "responses": {
            str(endpoint.status): {
                "description": endpoint.summary,
                "headers": _headers(endpoint),
                "content": _contents(endpoint, tried=tried),
            },
            **(
                {"304": {"description": "The answer named in If-None-Match still holds."}} if endpoint.is_tagged else {}
            ),
            **({} if endpoint.has_body else _TOO_LONG),
            **_problems(endpoint.problems),
        },
        "x-price": {"day": endpoint.price or 0, "minute": 0 if endpoint.price is PUBLIC else 1},
    }
    if keyed:
        operation["x-scope"] = endpoint.scope
    if endpoint.has_body:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": _body(endpoint)}}}
    return operation


def _contents(endpoint: Endpoint, *, tried: bool) -> dict[str, Any]:
    """Return what an answer may be by media type."""
    names = [one.__name__ for one in (endpoint.answer, *endpoint.others, *((Cost,) if tried else ()))]
    names += [one.__name__ + _RECORDS for one in _rows_of(endpoint)]
    told: list[dict[str, Any]] = [{"$ref": _REFERENCE.format(name=name)} for name in names]
    told += [_by_symbol(endpoint)] if endpoint.by_symbol else []
    tables = [one.media for one in FORMATS if one.media != _JSON] if endpoint.has_rows else endpoint.media
    rows: dict[str, Any] = {media: {"schema": {}} for media in tables}
    return {_JSON: {"schema": {"anyOf": told} if told[1:] else told[0]}, **rows}


def _by_symbol(endpoint: Endpoint) -> dict[str, Any]:
    wrong = {"type": "object", "required": ["code", "message", "type", "detail"]}
    return {"type": "object", "additionalProperties": {"anyOf": [_reference(endpoint.answer), wrong]}}


def _rows_of(endpoint: Endpoint) -> tuple[type[msgspec.Struct], ...]:
    """Return the answers whose rows may be told as objects."""
    return (endpoint.answer, *endpoint.others) if endpoint.has_rows else ()


def _add_records(name: str, schemas: dict[str, Any]) -> str:
    """Add the schema of an answer or a part of one whose rows are objects; return its name."""
    schema = schemas[name]
    told = dict(schema["properties"])
    required = schema["required"]
    if "columns" in told:
        del told["columns"]
        told["rows"] = _ROWS
        required = ["rows" if one == "columns" else one for one in required]
    elif items := told.get("items"):
        part = items["items"]["$ref"].rpartition("/")[2]
        told["items"] = {"type": "array", "items": {"$ref": _REFERENCE.format(name=_add_records(part, schemas))}}
    schemas[name + _RECORDS] = {**schema, "title": name + _RECORDS, "properties": told, "required": required}
    return name + _RECORDS


def _body(endpoint: Endpoint) -> dict[str, Any]:
    """Return the body's schema, which has no member for what stands in the path."""
    fields = parameters(endpoint.question)
    inside = {name: field for name, field in fields.items() if f"{{{name}}}" not in endpoint.path}
    if len(inside) == len(fields):
        return _reference(endpoint.question)
    return {
        "type": "object",
        "properties": {name: msgspec.json.schema(field.type) for name, field in inside.items()},
        "required": [name for name, field in inside.items() if field.required],
        "additionalProperties": False,
    }


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    return [{name: []} for name in tokens.SCHEMES if name != "key" or endpoint.takes_keys]


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    told = [
        _parameter(name, field, endpoint.path)
        for name, field in parameters(endpoint.question).items()
        if f"{{{name}}}" in endpoint.path or not endpoint.has_body
    ]
    if endpoint.has_body:
        return told
    has_rest = len(told) < len(endpoint.question.__struct_fields__)
    return [*told, _rest(endpoint.question)] if has_rest else told


def _rest(question: type[msgspec.Struct]) -> dict[str, Any]:
    """Return what the names are that a question does not list: an indicator's own, unless it says otherwise."""
    (field,) = (one for one in msgspec.structs.fields(question) if one.name == "params")
    described = msgspec.json.schema(field.type).get("description")
    return _INDICATOR_PARAMETERS | ({"description": described} if described else {})


def _parameter(name: str, field: msgspec.structs.FieldInfo, path: str) -> dict[str, Any]:
    schema = schema_of(field)
    if "enum" in schema:
        schema["type"] = "string"
    schema.pop("examples", None)  # an operation has one of its own, of all its parameters together
    in_path = f"{{{name}}}" in path
    return {
        "name": name,
        "in": "path" if in_path else "query",
        "required": in_path or field.required,
        "description": schema.pop("description"),
        "schema": schema,
    }


def _headers(endpoint: Endpoint) -> dict[str, Any]:
    names = {"X-Request-Id": "Names this request in our log."}
    if endpoint.has_rows:
        names |= {header: f"`{name}` of an answer that is no JSON." for name, header in TOLD.items()}
    if endpoint.is_tagged:
        names |= {"ETag": "Names this answer; send it as If-None-Match."}
    if endpoint.price is not PUBLIC:
        names |= {"RateLimit-Policy": "The quotas by minute and day.", "RateLimit": "What is left of them."}
    return {name: {"description": told, "schema": {"type": "string"}} for name, told in names.items()}


def _problems(problems: Sequence[Problem]) -> dict[str, Any]:
    by_status: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_status[problem.status].append(problem)
    return {str(status): _problem_response(by_status[status]) for status in sorted(by_status)}


def _problem_response(problems: Sequence[Problem]) -> dict[str, Any]:
    shown = {problem.slug: examples.reference(problem.slug) for problem in problems}
    content = {MEDIA: {"schema": _reference(ProblemBody), "examples": shown}}
    return {"description": "; ".join(problem.title for problem in problems), "content": content}
