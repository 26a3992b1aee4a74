"""The project as a whole: its models in the order in which they can be run."""

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dbt_like_sql.declarations import Declarations, Described, read_declarations
from dbt_like_sql.errors import ProjectError
from dbt_like_sql.model import Incremental, Model, ModelColumn, settings_of
from dbt_like_sql.reading import Reading, read
from dbt_like_sql.rendering import Names, Rendered, Renderer
from dbt_like_sql.tests import DataTest, Kinds

ROOT = Path(__file__).parent


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
    reader = _Reader(root, declared, files)
    models = []
    for path in files.values():
        try:
            models.append(reader.model(path))
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


class _Reader:
    """Makes models of their files, in the light of what the whole project declares."""

    def __init__(self, root: Path, declared: Declarations, files: Mapping[str, Path]) -> None:
        self._declared = declared
        self._placements = {name: declared.placement(path) for name, path in files.items()}
        self._names = Names(
            models={name: f"{placement['schema']}.{name}" for name, placement in self._placements.items()},
            sources={key: relation for key, (relation, _) in declared.sources.items()},
            variables=declared.variables,
        )
        self._renderer = Renderer(root, self._names)
        self._kinds = Kinds(root / "data_tests" / "generic")

    def model(self, path: Path) -> Model:
        """Return the model in a file."""
        name = path.stem
        rendered = self._renderer.render(path)
        reading = read(rendered.sql)
        described = _fitting(self._declared.models.get(name), rendered, reading)
        relation = self._names.models[name]
        tests = tuple(self._kinds.test(test, relation, column, self._names) for test, column in described.tests)
        settings = settings_of(self._placements[name], rendered.settings)
        return Model(
            name=name,
            schema=str(settings["schema"]),
            materialized=str(settings["materialized"]),
            sql=rendered.sql,
            depends_on=tuple(rendered.depends_on),
            description=described.description,
            columns=_columns(reading, described, tests),
            order=reading.order,
            path=path,
            tests=tests,
            incremental=self._incremental(path, settings, rendered, reading),
        )

    def _incremental(
        self, path: Path, settings: Mapping[str, object], whole: Rendered, reading: Reading
    ) -> Incremental | None:
        if settings["materialized"] != "incremental":
            return None
        if not reading.order:
            raise ProjectError("an incremental model is ordered")
        rendered = self._renderer.render(path, incremental=True)
        found = read(rendered.sql)
        if found.columns != reading.columns:
            raise ProjectError("gives other columns where it is incremental")
        if hidden := sorted(found.tables - set(whole.depends_on) - {self._names.models[path.stem]}):
            raise ProjectError(f"reads {_listed(hidden)} only where it is incremental")
        given = settings["unique_key"]
        key = (given,) if isinstance(given, str) else tuple(map(str, given if isinstance(given, list) else ()))
        if strangers := [name for name in key if name not in {column.name for column in reading.columns}]:
            raise ProjectError(f"unique_key names {_listed(strangers)}, no column of it")
        return Incremental(rendered.sql, key)


def _fitting(described: Described | None, rendered: Rendered, reading: Reading) -> Described:
    """Return the description, if it fits the SQL: the same columns, and no table read past ref and source."""
    if hidden := sorted(reading.tables - set(rendered.depends_on)):
        raise ProjectError(f"reads {_listed(hidden)} without ref or source")
    if described is None:
        raise ProjectError("no schema.yml describes this model")
    given = [column.name for column in reading.columns]
    if given != list(described.columns):
        raise ProjectError(f"gives {_listed(given)}; schema.yml declares {_listed(described.columns)}")
    if silent := [name for name, description in described.columns.items() if not description]:
        raise ProjectError(f"schema.yml does not describe {_listed(silent)}")
    return described


def _columns(reading: Reading, described: Described, tests: tuple[DataTest, ...]) -> tuple[ModelColumn, ...]:
    never_null = {test.column for test in tests if test.kind == "not_null"}
    return tuple(
        ModelColumn(one.name, one.type, one.unit, described.columns[one.name], one.name not in never_null)
        for one in reading.columns
    )


def _in_order(models: Iterable[Model]) -> tuple[Model, ...]:
    known = {model.relation: model for model in models}
    upstream = {relation: [name for name in model.depends_on if name in known] for relation, model in known.items()}
    try:
        ordered = tuple(known[relation] for relation in graphlib.TopologicalSorter(upstream).static_order())
    except graphlib.CycleError as ex:
        raise ProjectError(f"models read one another in a circle: {' <- '.join(ex.args[1])}") from ex
    _refuse_tests_that_look_ahead(ordered)
    return ordered


def _refuse_tests_that_look_ahead(ordered: Iterable[Model]) -> None:
    """Refuse a data test that reads more than its model and what that is made of: it could not be run after it."""
    made_of: dict[str, set[str]] = {}
    for model in ordered:
        known = made_of[model.relation] = {model.relation, *model.depends_on}
        known.update(*(made_of.get(name, ()) for name in model.depends_on))
        for test in model.tests:
            if later := sorted(set(test.depends_on) - known):
                raise ProjectError(f"{model.path}: data test {test.name} reads {_listed(later)}; declare it there")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
