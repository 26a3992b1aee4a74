"""Which rows of a delivery can't be used, and why: predicates that follow from the table's contract."""

from datetime import date

import polars as pl

from warehouse.contracts import Column, Table

REASON = "reason"


def label(frame: pl.DataFrame, table: Table, *, today: date) -> pl.DataFrame:
    """Return the frame with a column `reason`: null for a good row, else the code of the first rule it breaks.

    A key that occurs twice makes all its rows unusable: which of them is right can't be told.
    """
    known = [column for column in table.columns if column.name in frame.columns]
    key = [name for name in table.key if name in frame.columns]
    rules = [rule for column in known for rule in _column_rules(column, today)]
    rules += [_order_rule(upper, lower) for upper, lower in table.ordered]
    rules.append((pl.struct(key).is_duplicated(), "duplicate-key"))
    chain = pl.coalesce(pl.when(broken.fill_null(value=False)).then(pl.lit(code)) for broken, code in rules)
    return frame.with_columns(chain.alias(REASON))


def codes(table: Table) -> tuple[str, ...]:
    """Return every reason code that `label` can give for a table, in the order in which rules are tried."""
    found = [code for column in table.columns for _, code in _column_rules(column, date.max)]
    found += [code for _, code in (_order_rule(*pair) for pair in table.ordered)]
    return tuple(dict.fromkeys([*found, "duplicate-key"]))


def _column_rules(column: Column, today: date) -> list[tuple[pl.Expr, str]]:
    value = pl.col(column.name)
    rules: list[tuple[pl.Expr, str]] = []
    if not column.nullable:
        rules.append((value.is_null(), f"null-{column.name}"))
    if column.type == "double":
        rules.append((~value.is_finite(), f"not-finite-{column.name}"))
    if column.type == "date":
        rules.append((value > pl.lit(today), f"future-{column.name}"))
    if column.above is not None:
        code = "not-positive" if column.above == 0 else "too-low"
        rules.append((value <= column.above, f"{code}-{column.name}"))
    if column.minimum is not None:
        code = "negative" if column.minimum == 0 else "too-low"
        rules.append((value < column.minimum, f"{code}-{column.name}"))
    if column.maximum is not None:
        rules.append((value > column.maximum, f"too-high-{column.name}"))
    if column.one_of:
        rules.append((~value.is_in(list(column.one_of)), f"unknown-{column.name}"))
    return rules


def _order_rule(upper: str, lower: str) -> tuple[pl.Expr, str]:
    return pl.col(upper) < pl.col(lower), f"{upper}-below-{lower}"
