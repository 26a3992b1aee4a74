"""One model of the project, as whoever runs it needs to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbt_like_sql.errors import ProjectError
from dbt_like_sql.tests import DataTest

MATERIALIZED = ("view", "table", "incremental")
STRATEGY = "delete+insert"
SETTINGS = ("materialized", "incremental_strategy", "unique_key")


@dataclass(frozen=True)
class ModelColumn:
    """One column: its name, type and unit are the SQL's, its words and whether it may be null the schema.yml's."""

    name: str
    type: str
    unit: str
    description: str
    nullable: bool


@dataclass(frozen=True)
class Incremental:
    """How a table that is there already is brought up to date: rows with the same key as one of `sql` make way for it.

    `sql` reads the table as it is, besides what the model reads.
    """

    sql: str
    unique_key: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """One select, and what it becomes; `sql` is rendered, and relations are `schema.name`."""

    name: str
    schema: str
    materialized: str
    sql: str
    depends_on: tuple[str, ...]
    description: str
    columns: tuple[ModelColumn, ...]  # in the order of the select
    order: tuple[str, ...]  # the columns by which the rows are sorted
    path: Path  # within the project
    tests: tuple[DataTest, ...]
    incremental: Incremental | None = None

    @property
    def relation(self) -> str:
        """The table's full name."""
        return f"{self.schema}.{self.name}"

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart, as its data tests say."""
        return next((test.key for test in self.tests if test.key), ())


def settings_of(placement: Mapping[str, str], own: Mapping[str, object]) -> dict[str, object]:
    """Return a model's settings: those of its folder, and over them its own.

    Raises:
        ProjectError: a setting, or the value of one, is not known.
    """
    if unknown := sorted(set(own) - set(SETTINGS)):
        raise ProjectError(f"config sets {', '.join(unknown)}; allowed in a model's file: {', '.join(SETTINGS)}")
    settings = {**placement, **own}
    if settings["materialized"] not in MATERIALIZED:
        raise ProjectError(f"materialized is {settings['materialized']!r}; allowed: {', '.join(MATERIALIZED)}")
    if settings["materialized"] == "incremental":
        if settings.get("incremental_strategy") != STRATEGY:
            raise ProjectError(f"incremental_strategy is {settings.get('incremental_strategy')!r}; allowed: {STRATEGY}")
        if not settings.get("unique_key"):
            raise ProjectError("an incremental model sets unique_key, a column or a list of columns")
    return settings
