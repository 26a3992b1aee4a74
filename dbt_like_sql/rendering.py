"""The small part of dbt's Jinja that the project uses: ref, source, var, config, this, is_incremental and macros."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from dbt_like_sql.errors import ProjectError

Key = TypeVar("Key")
Value = TypeVar("Value")


class _TestTag(Extension):
    """Reads `{% test name(arguments) %} ... {% endtest %}` as a macro named `test_name`, as dbt does."""

    tags = {"test"}  # noqa: RUF012  # Jinja's own class attribute

    def parse(self, parser: Parser) -> nodes.Node:
        """Parse one block."""
        macro = nodes.Macro(lineno=next(parser.stream).lineno)
        macro.name = f"test_{parser.parse_assign_target(name_only=True).name}"
        parser.parse_signature(macro)
        macro.body = parser.parse_statements(("name:endtest",), drop_needle=True)
        return macro


ENVIRONMENT = jinja2.Environment(  # noqa: S701  # SQL, not HTML
    undefined=jinja2.StrictUndefined, extensions=[_TestTag], keep_trailing_newline=True
)


def quoted(relation: str) -> str:
    """Return `schema.name` as SQL writes it."""
    return ".".join(f'"{part}"' for part in relation.split("."))


@dataclass(frozen=True)
class Names:
    """What a file may name: models by name, sources by (source, table), both as `schema.name`; and variables."""

    models: Mapping[str, str]
    sources: Mapping[tuple[str, str], str]
    variables: Mapping[str, object]

    def ref(self, name: str) -> str:
        """Return a model's relation."""
        return _known(self.models, name, "model")

    def source(self, source: str, table: str) -> str:
        """Return a source table's relation."""
        return _known(self.sources, (source, table), "source")

    def var(self, name: str) -> object:
        """Return a variable of dbt_project.yml."""
        return _known(self.variables, name, "variable")


@dataclass
class Rendered:
    """A model's SQL, the relations that it asked for in order, and its own settings."""

    sql: str = ""
    depends_on: list[str] = field(default_factory=list)
    settings: dict[str, object] = field(default_factory=dict)


class Renderer:
    """Renders a project's models, which may call the macros of its `macros/`."""

    def __init__(self, root: Path, names: Names) -> None:
        self._root = root
        self._names = names
        self._macros = [_template(path) for path in sorted((root / "macros").glob("*.sql"))]

    def render(self, path: Path, *, incremental: bool = False) -> Rendered:
        """Render a model's file, whole or as it is written for a table that is there already.

        Raises:
            ProjectError: the template is broken, or names what does not exist.
        """
        rendered = Rendered()

        def reads(relation: str) -> str:
            if relation not in rendered.depends_on:
                rendered.depends_on.append(relation)
            return quoted(relation)

        def config(**settings: object) -> str:
            rendered.settings.update(settings)
            return ""

        context: dict[str, Callable[..., object] | str] = {
            "ref": lambda name: reads(self._names.ref(name)),
            "source": lambda source, table: reads(self._names.source(source, table)),
            "var": self._names.var,
            "config": config,
            "this": quoted(self._names.ref(path.stem)),
            "is_incremental": lambda: incremental,
        }
        try:
            rendered.sql = self._filled((self._root / path).read_text(), context)
        except jinja2.TemplateError as ex:
            raise ProjectError(f"Jinja: {ex}") from ex
        return rendered

    def _filled(self, text: str, context: Mapping[str, object]) -> str:
        macros = {
            name: macro
            for template in self._macros
            for name, macro in template.make_module(dict(context)).__dict__.items()
            if isinstance(macro, jinja2.runtime.Macro)
        }
        return ENVIRONMENT.from_string(text).render({**macros, **context}).strip() + "\n"


def _template(path: Path) -> jinja2.Template:
    try:
        return ENVIRONMENT.from_string(path.read_text())
    except jinja2.TemplateError as ex:
        raise ProjectError(f"macros/{path.name}: Jinja: {ex}") from ex


def _known(known: Mapping[Key, Value], asked: Key, what: str) -> Value:
    if asked not in known:
        listed = ", ".join(sorted(".".join(name) if isinstance(name, tuple) else str(name) for name in known))
        wanted = ".".join(asked) if isinstance(asked, tuple) else asked
        raise ProjectError(f"no {what} {wanted!r}; known: {listed or 'none'}")
    return known[asked]
