"""The SQL models: an asset for each file of the dbt project, its upstream read from its SQL, its tests as checks.

All of them are one step of a run, as a step costs more than most models do; any of them can still be run alone.
"""

from collections.abc import Iterator

import dagster as dg

from dbt_like_sql import project as sql_project
from dbt_like_sql.model import Model
from dbt_like_sql.tests import DataTest
from pipelines import sql_models
from pipelines.assets import key, spec, step
from pipelines.metadata import materialised, verdict
from pipelines.warehouse_resource import Warehouse

PROJECT = sql_project.load()


def _spec(model: Model) -> dg.AssetSpec:
    table = sql_models.table_of(model)
    told = {"sql": _shown(model.sql)}
    return spec(table, "models", {"sql", "duckdb"}, reads=model.depends_on, metadata=told)


def _check_spec(test: DataTest, model: Model) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        sql_models.check_name(test),
        asset=key(model.relation),
        blocking=True,
        description=test.name,
        metadata={"sql": _shown(test.sql)},
    )


def _shown(sql: str) -> dg.MetadataValue:
    return dg.MetadataValue.md(f"```sql\n{sql.strip()}\n```")


@step(
    "sql_models",
    [_spec(model) for model in PROJECT.models],
    check_specs=[_check_spec(test, model) for model in PROJECT.models for test in model.tests],
    can_subset=True,
)
def models(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Run the models that were asked for, each after those that it reads, and the data tests of each."""
    for model in PROJECT.models:
        if key(model.relation) in context.selected_asset_keys:
            version, checks = sql_models.build(warehouse.store, model)
            asked = [verdict(check, model.relation) for check in checks]
            wanted = {one.name for one in context.selected_asset_check_keys if one.asset_key == key(model.relation)}
            yield materialised(warehouse.store, version, [one for one in asked if one.check_name in wanted])
