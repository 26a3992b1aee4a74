"""What the warehouse says of itself: made last, of what all other tables say of themselves."""

from collections.abc import Iterator

import dagster as dg

from pipelines import dictionary, steps
from pipelines.assets.models import PROJECT
from pipelines.metadata import key, materialised
from pipelines.warehouse_resource import Warehouse

OWN = {table.name for table in dictionary.TABLES}


@dg.multi_asset(
    name="dictionary",
    specs=[
        dg.AssetSpec(
            key(table.name),
            deps=[key(name) for name in steps.published_tables(PROJECT) if name not in OWN],
            description=table.description,
            group_name="meta",
            kinds={"python"},
            owners=["team:data"],
            code_version=steps.catalogue_version(),
        )
        for table in dictionary.TABLES
    ],
    pool="warehouse",
)
def described(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Write the catalogue of indicators, their stored columns, and the lineage of every column."""
    for version in dictionary.write(warehouse.store, steps.published_tables(PROJECT)):
        yield materialised(warehouse.store, version)
