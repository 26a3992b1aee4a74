"""What should be there and what is: the daily bars against the exchanges' calendars."""

from collections.abc import Iterator, Sequence

import dagster as dg
import msgspec

from pipelines import coverage, months, plots
from pipelines.assets import key, spec, step
from pipelines.metadata import materialised, verdict
from pipelines.warehouse_resource import Warehouse
from warehouse.contracts import DAILY_BARS
from warehouse.coverage import COVERAGE, MISSING_SESSIONS, TABLES, Coverage, Missing

SHOWN = 40  # symbols of the plot


@step(
    "coverage",
    [spec(table, "meta", {"python"}, reads=[DAILY_BARS.name]) for table in TABLES],
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
)
def covered(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Count expected against present bars, name the missing sessions, and tell how old the newest bars are."""
    store = warehouse.store
    versions = coverage.write(store)
    checks = [verdict(check, COVERAGE.name) for check in store.version(COVERAGE.name).checks]
    rows = msgspec.convert(store.read(COVERAGE.name).to_pylist(), list[Coverage])
    missing = msgspec.convert(store.read(MISSING_SESSIONS.name).to_pylist(), list[Missing])
    told = {
        "expected_bars": sum(row.expected for row in rows),
        "present_bars": sum(row.present for row in rows),
        "bars by month": _heat_map(rows, missing),
    }
    for version in versions:
        mine = checks if version.table == COVERAGE.name else []
        result = materialised(store, version, mine)
        yield result._replace(metadata={**(result.metadata or {}), **told})


def _heat_map(covered: Sequence[Coverage], missing: Sequence[Missing]) -> dg.MetadataValue:
    shown = sorted(covered, key=lambda row: (-row.missing, row.symbol))[:SHOWN]
    columns, shares = months.shares(shown, missing)
    title = f"sessions with a bar, by month; {len(shown)} of {len(covered)} symbols, the worst first"
    return plots.image(plots.heat_map(title, shares, columns), title)
