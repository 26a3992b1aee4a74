"""Great Expectations over a table: the suite follows from the table's contract.

Great Expectations takes seconds and 250 MB to import, so it is imported where a table is validated and nowhere else;
what will be expected is known without it.
"""

import sys
from collections.abc import Mapping
from typing import Protocol

import msgspec
import polars as pl

from warehouse.contracts import Column, Table
from warehouse.work import Check

LARGEST = sys.float_info.max  # a bound that infinity exceeds
SHOWN = 5  # unexpected values that a check's detail names


class Expected(msgspec.Struct, frozen=True):
    """One expectation: a name for people, and Great Expectations' own type with its arguments."""

    name: str
    type: str
    arguments: Mapping[str, object]


class Found(Protocol):
    """What is read from a Great Expectations result."""

    success: bool | None
    result: dict[str, object]
    exception_info: dict[str, object]


def expected(table: Table) -> tuple[Expected, ...]:
    """Return what a contract's columns, key and orders demand."""
    whole = (
        Expected("columns", "ExpectTableColumnsToMatchOrderedList", {"column_list": list(table.column_names)}),
        Expected("has_rows", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
        Expected("unique_key", "ExpectCompoundColumnsToBeUnique", {"column_list": list(table.key)}),
    )
    orders = (
        Expected(
            f"{upper}_not_below_{lower}",
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {"column_A": upper, "column_B": lower, "or_equal": True},
        )
        for upper, lower in table.ordered
    )
    return (*whole, *(found for column in table.columns for found in _of_column(column)), *orders)


def _of_column(column: Column) -> list[Expected]:
    found = []
    if not column.nullable:
        found.append(Expected(f"{column.name}_not_null", "ExpectColumnValuesToNotBeNull", {"column": column.name}))
    if column.one_of:
        allowed = {"column": column.name, "value_set": list(column.one_of)}
        found.append(Expected(f"{column.name}_known", "ExpectColumnValuesToBeInSet", allowed))
    if column.type == "double":
        low = column.minimum if column.above is None else column.above
        bounds = {
            "column": column.name,
            "min_value": -LARGEST if low is None else low,
            "strict_min": column.above is not None,
            "max_value": LARGEST if column.maximum is None else column.maximum,
        }
        found.append(Expected(f"{column.name}_in_range", "ExpectColumnValuesToBeBetween", bounds))
    return found


def validate(table: Table, frame: pl.DataFrame) -> tuple[Check, ...]:
    """Return what every expectation of the contract found on the frame; each of them blocks publication."""
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations.data_context.types import base  # noqa: PLC0415

    settings = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=settings)
    asset = context.data_sources.add_pandas("kalpi").add_dataframe_asset(table.name)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame.to_pandas()})
    demands = {demand.name: demand for demand in expected(table)}
    suite = gx.ExpectationSuite(
        name=table.name,
        expectations=[
            getattr(gx.expectations, demand.type)(**demand.arguments, meta={"name": name})
            for name, demand in demands.items()
        ],
    )
    # PERF: as one suite, what several expectations ask of a column is computed once: a third of the time.
    verdicts = batch.validate(suite, result_format="SUMMARY").results
    configured = [(verdict.expectation_config, verdict) for verdict in verdicts]
    found = {(config.meta or {})["name"]: verdict for config, verdict in configured if config}
    return tuple(_check(demand, found[name]) for name, demand in demands.items())


def _check(demand: Expected, found: Found) -> Check:
    return Check(name=demand.name, passed=bool(found.success), blocking=True, detail=_detail(demand, found))


def _detail(demand: Expected, found: Found) -> str:
    raised = found.exception_info.get("exception_message")
    if raised:
        return f"{demand.type} could not be evaluated: {raised}"
    if found.success:
        return ""
    count = found.result.get("unexpected_count", found.result.get("observed_value"))
    examples = found.result.get("partial_unexpected_list")
    shown = f", such as {examples[:SHOWN]}" if isinstance(examples, list) and examples else ""
    return f"{demand.type} {demand.arguments}: found {count}{shown}"
