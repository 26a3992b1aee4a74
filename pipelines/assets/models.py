"""The SQL models: an asset for each file of the dbt project, its upstream read from its SQL, its tests as checks."""

from collections.abc import Iterator

import dagster as dg

from dbt_like_sql import project as sql_project
from dbt_like_sql.project import Model
from dbt_like_sql.tests import DataTest
from pipelines import steps
from pipelines.metadata import key, materialised, verdict
from pipelines.warehouse_resource import Warehouse

PROJECT = sql_project.load()


def _model_asset(model: Model) -> dg.AssetsDefinition:
    """Return a model's asset; the data tests that read it alone run with it and block what comes after."""

    @dg.asset(
        key=key(model.relation),
        deps=[key(table) for table in model.depends_on],
        check_specs=[_spec(test, model, blocking=True) for test in steps.own_tests(model)],
        description=f"{model.description}\n\n```sql\n{model.sql.strip()}\n```",
        group_name=model.schema,
        kinds={"sql", "duckdb"},
        owners=["team:data"],
        pool="warehouse",
    )
    def run_model(warehouse: Warehouse) -> dg.MaterializeResult:
        version = steps.model(warehouse.store, model)
        checks = steps.test_model(warehouse.store, model)
        return materialised(warehouse.store, version, [verdict(check, model.relation) for check in checks])

    return run_model


def _relations_check(model: Model) -> dg.AssetChecksDefinition | None:
    """Return the check of a model against tables that may come after it: told, but not in the snapshot's way."""
    tests = [test for test in model.tests if test not in steps.own_tests(model)]
    if not tests:
        return None

    @dg.multi_asset_check(
        name=f"relations_of_{model.name}",
        specs=[_spec(test, model, blocking=False) for test in tests],
        pool="warehouse",
    )
    def check_relations(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
        for test in tests:
            yield verdict(steps.run_data_test(warehouse.store, test, blocking=False), model.relation)

    return check_relations


def _spec(test: DataTest, model: Model, *, blocking: bool) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        steps.check_name(test),
        asset=key(model.relation),
        additional_deps=[key(table) for table in test.depends_on if table != model.relation],
        blocking=blocking,
        description=f"{test.name}\n\n```sql\n{test.sql.strip()}\n```",
    )


models = [_model_asset(model) for model in PROJECT.models]
checks = [check for check in map(_relations_check, PROJECT.models) if check is not None]
