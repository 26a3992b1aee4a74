"""The SQL models: one asset for each file of the dbt project, its upstream read from its SQL."""

import dagster as dg

from dbt_like_sql import project as sql_project
from dbt_like_sql.project import Model
from pipelines import steps
from pipelines.assets.daily import key
from pipelines.metadata import materialised
from pipelines.warehouse_resource import Warehouse

PROJECT = sql_project.load()


def _model_asset(model: Model) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(f"{model.schema}.{model.name}"),
        deps=[key(table) for table in model.depends_on],
        description=f"{model.description}\n\n```sql\n{model.sql.strip()}\n```",
        group_name=model.schema,
        kinds={"sql", "duckdb"},
        owners=["team:data"],
        pool="warehouse",
    )
    def run_model(warehouse: Warehouse) -> dg.MaterializeResult:
        return materialised(warehouse.store, steps.model(warehouse.store, model))

    return run_model


models = [_model_asset(model) for model in PROJECT.models]
