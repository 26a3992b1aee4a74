"""What should be there and what is: the daily bars against the exchanges' calendars."""

from collections.abc import Iterator

import dagster as dg

from pipelines import coverage
from pipelines.metadata import key, materialised, verdict
from pipelines.warehouse_resource import Warehouse
from warehouse.contracts import DAILY_BARS
from warehouse.coverage import COVERAGE, TABLES

WORST = 10  # symbols that the page names


@dg.multi_asset(
    name="coverage",
    specs=[
        dg.AssetSpec(
            key(table.name),
            deps=[key(DAILY_BARS.name)],
            description=table.description,
            group_name="meta",
            kinds={"python"},
            owners=["team:data"],
        )
        for table in TABLES
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "complete", asset=key(COVERAGE.name), description="Every session between first and last bar has one."
        ),
        dg.AssetCheckSpec(
            "fresh",
            asset=key(COVERAGE.name),
            description="The bars of the trading day before are there by 06:00 UTC.",
        ),
    ],
    pool="warehouse",
)
def covered(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Count expected against present bars, name the missing sessions, and tell how old the newest bars are."""
    store = warehouse.store
    versions = coverage.write(store)
    checks = [verdict(check, COVERAGE.name) for check in store.version(COVERAGE.name).checks]
    rows = store.read(COVERAGE.name).to_pylist()
    worst = sorted(rows, key=lambda row: -row["missing"])[:WORST]
    lines = [f"| {row['symbol']} | {row['expected']} | {row['present']} | {row['longest_gap']} |" for row in worst]
    told = {
        "expected_bars": sum(row["expected"] for row in rows),
        "present_bars": sum(row["present"] for row in rows),
        "worst": dg.MetadataValue.md(
            "\n".join(["| symbol | expected | present | longest gap |", "|---|---|---|---|", *lines])
        ),
    }
    for version in versions:
        mine = checks if version.table == COVERAGE.name else []
        result = materialised(store, version, mine)
        yield result._replace(metadata={**(result.metadata or {}), **told})
