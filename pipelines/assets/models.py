"""The SQL models: an asset for each file of the dbt project, its upstream read from its SQL, its tests as checks.

All of them are one step of a run, as a step costs more than most models do; any of them can still be run alone.
"""

from collections.abc import Iterator

import dagster as dg

from dbt_like_sql import project as sql_project
from dbt_like_sql.model import Model
from dbt_like_sql.tests import DataTest
from pipelines import sql_models
from pipelines.metadata import key, materialised, verdict
from pipelines.warehouse_resource import Warehouse

PROJECT = sql_project.load()


def _spec(model: Model) -> dg.AssetSpec:
    return dg.AssetSpec(
        key(model.relation),
        deps=[key(table) for table in model.depends_on],
        description=f"{model.description}\n\n```sql\n{model.sql.strip()}\n```",
        group_name=model.schema,
        kinds={"sql", "duckdb"},
        owners=["team:data"],
    )


def _check_spec(test: DataTest, model: Model) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        sql_models.check_name(test),
        asset=key(model.relation),
        blocking=True,
        description=f"{test.name}\n\n```sql\n{test.sql.strip()}\n```",
    )


@dg.multi_asset(
    name="sql_models",
    specs=[_spec(model) for model in PROJECT.models],
    check_specs=[_check_spec(test, model) for model in PROJECT.models for test in model.tests],
    can_subset=True,
    pool="warehouse",
)
def models(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Run the models that were asked for, each after those that it reads, and the data tests of each."""
    for model in PROJECT.models:
        if key(model.relation) in context.selected_asset_keys:
            version, checks = sql_models.build(warehouse.store, model)
            asked = [verdict(check, model.relation) for check in checks]
            wanted = {one.name for one in context.selected_asset_check_keys if one.asset_key == key(model.relation)}
            yield materialised(warehouse.store, version, [one for one in asked if one.check_name in wanted])
