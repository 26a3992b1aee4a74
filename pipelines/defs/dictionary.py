"""What the warehouse says of itself: made after all other tables, of what they say of themselves."""

from collections.abc import Iterator

import dagster as dg

from pipelines import dictionary, steps
from pipelines.assets import spec, step, unread
from pipelines.defs import coarser, coverage, daily, models, raw
from pipelines.metadata import materialised
from pipelines.warehouse_resource import Warehouse

TABLES = unread(
    [
        raw.ingested,
        daily.daily_bars,
        daily.bars_adjusted,
        *daily.families,
        *coarser.assets,
        coverage.covered,
        models.models,
    ]
)
"""The tables of data that no other is made of; all others come before them."""


@step(
    "dictionary",
    [
        spec(
            table,
            "meta",
            {"python"},
            reads=TABLES if table == dictionary.LINEAGE else (),  # the catalogue is of the code alone
            code_version=steps.catalogue_version(),
        )
        for table in dictionary.TABLES
    ],
)
def described(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Write the catalogue of indicators, their stored columns, and the lineage of every column."""
    for version in dictionary.write(warehouse.store, steps.published_tables(models.PROJECT)):
        yield materialised(warehouse.store, version)
