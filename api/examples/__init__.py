"""Examples of /openapi.json: a question for each operation with its answer, and an answer of each problem type.

The questions in `operations.json` are written by hand, all answers by asking for those of the sample's bars:
`make examples`. What differs from time to time and from place to place (snapshots, keys, tokens) has one stand-in
each, and long lists are cut.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

_HERE = Path(__file__).parent
_PROBLEM = "#/components/examples/{slug}"
Operation = dict[str, Any]


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question, and the body that it was answered with."""

    path: dict[str, str] = {}
    query: dict[str, str | int] = {}
    body: dict[str, Any] | None = None
    answer: Any = None


@cache
def operations() -> dict[str, Example]:
    """Return the examples by operation."""
    return msgspec.json.decode((_HERE / "operations.json").read_bytes(), type=dict[str, Example])


@cache
def problems() -> dict[str, dict[str, Any]]:
    """Return an answer of each problem type by its slug."""
    return msgspec.json.decode((_HERE / "problems.json").read_bytes(), type=dict[str, dict[str, Any]])


def illustrate(operation: Operation) -> Operation:
    """Return an operation's description with its example, if it has one: ask as it says, and the answer is this one."""
    example = operations().get(operation["operationId"])
    if example is None:
        return operation
    told = dict(operation)
    told["parameters"] = _illustrated(operation["parameters"], {**example.path, **example.query})
    if example.body is not None:
        told["requestBody"] = _with_example(operation["requestBody"], example.body)
    good = next(status for status in operation["responses"] if status.startswith("2"))
    told["responses"] = operation["responses"] | {good: _with_example(operation["responses"][good], example.answer)}
    return told


def reference(slug: str) -> dict[str, str]:
    """Return the reference to a problem's example."""
    return {"$ref": _PROBLEM.format(slug=slug)}


def _illustrated(parameters: list[dict[str, Any]], values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return parameters with their values; an object takes those of no other parameter."""
    named = {one["name"] for one in parameters}
    rest = {name: value for name, value in values.items() if name not in named}
    examples = {one["name"]: rest if one["schema"].get("type") == "object" else None for one in parameters} | values
    return [one | ({"example": examples[one["name"]]} if examples[one["name"]] else {}) for one in parameters]


def _with_example(described: dict[str, Any], value: object) -> dict[str, Any]:
    """Return a body's description with an example; of several media types the first has it, which is JSON."""
    content = dict(described["content"])
    media = next(iter(content))
    content[media] |= {"example": value}
    return described | {"content": content}
