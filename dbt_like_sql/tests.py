"""The data tests that schema.yml declares, as SQL that returns the rows that fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from dbt_like_sql.declarations import Test
from dbt_like_sql.errors import ProjectError
from dbt_like_sql.rendering import ENVIRONMENT, Names, quoted


@dataclass(frozen=True)
class DataTest:
    """One test of a model, or of one of its columns: passed when `sql` returns no row."""

    name: str
    kind: str
    column: str | None
    sql: str
    depends_on: tuple[str, ...]  # the relations that it reads, the model's own first
    key: tuple[str, ...] = ()  # the columns of which it demands that they tell rows apart


class Kinds:
    """The generic tests of the project's own `data_tests/generic/`, which dbt too uses in place of its own."""

    def __init__(self, folder: Path) -> None:
        self._macros = {path.stem: _macro(path) for path in sorted(folder.glob("*.sql"))}

    def test(self, declared: Test, relation: str, column: str | None, names: Names) -> DataTest:
        """Return a test as schema.yml declares it: `not_null`, or `accepted_range: {arguments: {min_value: 0}}`."""
        kind, given = _declaration(declared)
        if kind not in self._macros:
            raise ProjectError(f"no data test {kind!r}; known: {', '.join(self._macros)}")
        reads = [relation]
        try:
            arguments = {name: _resolve(value, names, reads) for name, value in given.items()}
            if column is not None:
                arguments["column_name"] = column
            sql = self._macros[kind](model=quoted(relation), **arguments)
        except (TypeError, jinja2.TemplateError) as ex:
            raise ProjectError(f"data test {kind}: {ex}") from ex
        subject = relation if column is None else f"{relation}.{column}"
        return DataTest(
            _title(kind, subject, given), kind, column, f"{sql.strip()}\n", tuple(reads), _key(kind, column, given)
        )


def _key(kind: str, column: str | None, given: Mapping[str, object]) -> tuple[str, ...]:
    if kind == "unique" and column is not None:
        return (column,)
    columns = given.get("columns") if kind == "unique_key" else None
    return tuple(map(str, columns)) if isinstance(columns, list) else ()


def _title(kind: str, subject: str, given: Mapping[str, object]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in given.items())
    return f"{kind} {subject}" + (f" ({told})" if told else "")


def _macro(path: Path) -> jinja2.runtime.Macro:
    return getattr(ENVIRONMENT.from_string(path.read_text()).module, f"test_{path.stem}")


def _declaration(declared: Test) -> tuple[str, Mapping[str, object]]:
    if isinstance(declared, str):
        return declared, {}
    if isinstance(declared, dict) and len(declared) == 1:
        (kind, settings), *_ = declared.items()
        if isinstance(settings, dict) and set(settings) <= {"arguments"}:
            return str(kind), settings.get("arguments", {})
    raise ProjectError(f"data test {declared!r}; allowed: a name, or a name with 'arguments'")


def _resolve(value: object, names: Names, reads: list[str]) -> object:
    """Return an argument; a string that calls ref or source stands for the relation, as in dbt."""
    if not isinstance(value, str) or not value.startswith(("ref(", "source(")):
        return value
    relation = str(ENVIRONMENT.compile_expression(value)(ref=names.ref, source=names.source))
    reads.append(relation)
    return quoted(relation)
