"""The project as a whole: its models in the order in which they can be run."""

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dbt_like_sql.declarations import Described, read_declarations
from dbt_like_sql.errors import ProjectError
from dbt_like_sql.reading import read
from dbt_like_sql.rendering import Names, Rendered, render
from dbt_like_sql.tests import DataTest, Kinds

ROOT = Path(__file__).parent
MATERIALIZED = ("view", "table")


@dataclass(frozen=True)
class Model:
    """One select, and what it becomes; `sql` is rendered, and relations are `schema.name`."""

    name: str
    schema: str
    materialized: str
    sql: str
    depends_on: tuple[str, ...]
    description: str
    columns: Mapping[str, str]  # name to description, in the order of the select
    path: Path  # within the project
    tests: tuple[DataTest, ...]

    @property
    def relation(self) -> str:
        """The table's full name."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Project:
    """Every model after those that it reads, and the source tables with their descriptions."""

    models: tuple[Model, ...]
    sources: Mapping[str, str]


def load(root: Path = ROOT) -> Project:
    """Read a project's folder.

    Raises:
        ProjectError: naming the file, for SQL that does not parse, a model or column that schema.yml does not describe
            or describes for nothing, names that do not exist, and models that read one another in a circle.
    """
    declared = read_declarations(root)
    files = _files(root)
    if strangers := sorted(set(declared.models) - set(files)):
        raise ProjectError(f"schema.yml describes {_listed(strangers)}; there are .sql files for {_listed(files)}")
    placements = {name: declared.placement(path) for name, path in files.items()}
    names = Names(
        models={name: f"{placement['schema']}.{name}" for name, placement in placements.items()},
        sources={key: relation for key, (relation, _) in declared.sources.items()},
        variables=declared.variables,
    )
    kinds = Kinds(root / "data_tests" / "generic")
    models = []
    for name, path in files.items():
        try:
            rendered = render(root / path, names)
            described = _fitting(declared.models.get(name), rendered)
            tests = tuple(kinds.test(test, names.models[name], column, names) for test, column in described.tests)
            settings = _settings(placements[name], rendered.settings)
            models.append(_model(path, settings, rendered, described, tests=tests))
        except ProjectError as ex:
            raise ProjectError(f"{path}: {ex}") from ex
    return Project(_in_order(models), dict(declared.sources.values()))


def _files(root: Path) -> dict[str, Path]:
    """Return each model's file by its name, as paths within the project."""
    found: dict[str, Path] = {}
    for path in sorted((root / "models").rglob("*.sql")):
        inside = path.relative_to(root)
        if (other := found.setdefault(path.stem, inside)) != inside:
            raise ProjectError(f"{inside}: {other} has that name already; names are unique in the whole project")
    return found


def _model(
    path: Path, settings: Mapping[str, str], rendered: Rendered, described: Described, *, tests: tuple[DataTest, ...]
) -> Model:
    return Model(
        name=path.stem,
        schema=settings["schema"],
        materialized=settings["materialized"],
        sql=rendered.sql,
        depends_on=tuple(rendered.depends_on),
        description=described.description,
        columns=described.columns,
        path=path,
        tests=tests,
    )


def _settings(placement: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return a model's settings: those of its folder, and over them its own."""
    if unknown := sorted(set(own) - {"materialized"}):
        raise ProjectError(f"config sets {_listed(unknown)}; allowed in a model's file: materialized")
    settings = {**placement, **own}
    if settings["materialized"] not in MATERIALIZED:
        raise ProjectError(f"materialized is {settings['materialized']!r}; allowed: {_listed(MATERIALIZED)}")
    return settings


def _fitting(described: Described | None, rendered: Rendered) -> Described:
    """Return the description, if it fits the SQL: the same columns, and no table read past ref and source."""
    reading = read(rendered.sql)
    if hidden := sorted(reading.tables - set(rendered.depends_on)):
        raise ProjectError(f"reads {_listed(hidden)} without ref or source")
    if described is None:
        raise ProjectError("no schema.yml describes this model")
    if reading.columns != tuple(described.columns):
        raise ProjectError(f"gives {_listed(reading.columns)}; schema.yml declares {_listed(described.columns)}")
    if silent := [name for name, description in described.columns.items() if not description]:
        raise ProjectError(f"schema.yml does not describe {_listed(silent)}")
    return described


def _in_order(models: Iterable[Model]) -> tuple[Model, ...]:
    known = {model.relation: model for model in models}
    upstream = {relation: [name for name in model.depends_on if name in known] for relation, model in known.items()}
    try:
        return tuple(known[relation] for relation in graphlib.TopologicalSorter(upstream).static_order())
    except graphlib.CycleError as ex:
        raise ProjectError(f"models read one another in a circle: {' <- '.join(ex.args[1])}") from ex


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
