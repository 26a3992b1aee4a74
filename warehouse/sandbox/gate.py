"""What a query may ask for: one select whose every part is on a list, as DuckDB's own parser takes it apart.

The parser that is asked here is the one that reads the query when it runs, so there are no two readings of a text.
What no list has is refused, known or not.
"""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

import duckdb
import msgspec

from warehouse.sandbox.allowed import BUILT_IN, FUNCTIONS, MOST_OF_A_SERIES, SERIES, SHAPES, TYPES

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CTES = "cte_map"
_PLAIN = re.compile(r"[\w.]{1,100}")
Node = dict[str, Any]


class Unfit(ValueError):
    """A query asks for what it may not have."""

    def __init__(self, detail: str, given: str | None = None, allowed: tuple[str, ...] | str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.given = given
        self.allowed = allowed


def vetted(connection: duckdb.DuckDBPyConnection, text: str, tables: Collection[str]) -> duckdb.Statement:
    """Return the query as a statement that may be run.

    Raises:
        Unfit: it asks for something else than selecting from `tables` with what is allowed.
        duckdb.Error: it is no SQL.
    """
    if _CONTROL.search(text):  # SEC a text with a NUL may be read to its end or up to there
        raise Unfit("control characters are not allowed in SQL")
    statements = connection.extract_statements(text)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Unfit("this is not one select; allowed: exactly one", allowed="one select")
    for node, names in _nodes(_tree(connection, text)):
        _check(node, names, tables)
    return statements[0]


def _tree(connection: duckdb.DuckDBPyConnection, text: str) -> Node:
    # a value bound in Python would have it look for NumPy, which can't be found in here
    quoted = text.replace("'", "''")
    row = connection.execute(f"select json_serialize_sql('{quoted}')").fetchone()
    try:
        tree = msgspec.json.decode(row[0] if row else "")
    except RecursionError as ex:
        raise Unfit("this is nested too deeply") from ex
    if tree["error"] or len(tree["statements"]) != 1:
        raise Unfit("this is not one plain select; allowed: exactly one", allowed="one select")
    return tree


def _nodes(tree: Node) -> Iterator[tuple[Node, frozenset[str]]]:
    """Return every node of a tree, with the common table expressions that are visible there."""
    left: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while left:
        node, names = left.pop()
        if isinstance(node, list):
            left += [(one, names) for one in node]
        elif isinstance(node, dict):
            for one in node[_CTES]["map"] if _CTES in node else ():
                name, body = one["key"].lower(), one["value"]
                is_recursive = body["query"]["node"]["type"] == "RECURSIVE_CTE_NODE"
                left.append((body, names | {name} if is_recursive else names))
                names |= {name}  # for those after it, and for the query
            yield node, names
            inner = node["function"]["children"] if node.get("type") == "TABLE_FUNCTION" else node
            left += [(inner, names)] if inner is not node else [(node[key], names) for key in node if key != _CTES]


def _check(node: Node, names: frozenset[str], tables: Collection[str]) -> None:
    shape = node.get("type")
    if isinstance(shape, str) and shape not in SHAPES:
        raise Unfit(f"{_worded(shape)} is not allowed in a query here", given=_worded(shape))
    if shape == "BASE_TABLE":
        _check_table(node, names, tables)
    if shape == "TABLE_FUNCTION":
        _check_series(node["function"])
    if "function_name" in node:
        _check_function(node)
    if "type_info" in node and node.get("id", "") not in TYPES:
        raise Unfit(f"the type {node.get('id')} is not allowed", given=node.get("id"), allowed=tuple(sorted(TYPES)))


def _worded(shape: str) -> str:
    return shape.removesuffix("_REF").removesuffix("_NODE").replace("_", " ").lower()


def _check_table(node: Node, names: frozenset[str], tables: Collection[str]) -> None:
    parts = [node[part] for part in ("catalog_name", "schema_name", "table_name") if node[part]]
    name = ".".join(parts)
    if name.lower() in tables or (len(parts) == 1 and name.lower() in names):
        return
    near = get_close_matches(name.lower(), tables, n=3, cutoff=0.4)
    raise Unfit(f"there is no table {_told(name)} here", given=_told(name), allowed=tuple(near) or "schema.table")


def _check_function(node: Node) -> None:
    name = node["function_name"].lower()
    if name not in FUNCTIONS or node["schema"] not in BUILT_IN or node["catalog"] not in BUILT_IN:
        near = get_close_matches(name, FUNCTIONS, n=3)
        raise Unfit(f"the function {_told(name)} is not allowed", given=_told(name), allowed=tuple(near) or None)


def _check_series(node: Node) -> None:
    name = node.get("function_name", "")
    if name not in SERIES:
        raise Unfit(f"the table function {_told(name)} is not allowed", given=_told(name), allowed=SERIES)
    for argument in node["children"]:
        value = argument.get("value", {}).get("value")
        if not isinstance(value, int) or not 0 <= value <= MOST_OF_A_SERIES:
            raise Unfit(
                f"{name} takes whole numbers up to {MOST_OF_A_SERIES}, written out",
                given=name,
                allowed=f"whole numbers from 0 to {MOST_OF_A_SERIES}",
            )


def _told(name: str) -> str:
    """Return a name as an answer may have it: a plain one."""
    return name if _PLAIN.fullmatch(name) else "of that name"
