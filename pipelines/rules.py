"""Which rows of a delivery can't be used, and why: predicates that follow from the table's contract."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec
import polars as pl

from pipelines.reasons import MALFORMED_SYMBOL, SYMBOL_PATTERN, Reason
from pipelines.shaping import UNREADABLE
from warehouse.contracts import Column, Table

REASON = "reason"


class Rule(msgspec.Struct, frozen=True):
    """Where a reason holds; null counts as not."""

    reason: Reason
    broken: pl.Expr

    @property
    def code(self) -> str:
        """The reason's code."""
        return self.reason.code


def label(frame: pl.DataFrame, rules: Iterable[Rule]) -> pl.DataFrame:
    """Return the frame with a column `reason`: null for a good row, else the code of the first rule it breaks."""
    chain = (pl.when(rule.broken.fill_null(value=False)).then(pl.lit(rule.code)) for rule in rules)
    return frame.with_columns(pl.coalesce(*chain, pl.lit(None, pl.String)).alias(REASON))


def of_delivery(table: Table, *, today: date) -> list[Rule]:
    """Return the rules for delivered rows of a table, in the order in which they are tried."""
    delivered = tuple(column for column in table.columns if column.name != "batch")
    key = [name for name in table.key if name != "batch"]
    return [
        *(rule for column in delivered if column.type != "varchar" for rule in [_unreadable(column)]),
        *(rule for column in delivered for rule in _of_column(column, today)),
        Rule(MALFORMED_SYMBOL, ~pl.col("symbol").str.contains(SYMBOL_PATTERN)),
        *(_order(upper, lower) for upper, lower in table.ordered),
        _unique(key),
    ]


def of_contract(table: Table) -> list[Rule]:
    """Return the rules that a table's contract alone implies, today left out."""
    columns = (rule for column in table.columns for rule in _of_column(column, date.max))
    return [*columns, *(_order(upper, lower) for upper, lower in table.ordered), _unique(table.key)]


def _unique(key: Sequence[str]) -> Rule:
    return _rule(
        "duplicate-key",
        f"Another row has the same {' and '.join(key)}; which of them is right can't be told.",
        pl.struct(key).is_duplicated(),
    )


def _unreadable(column: Column) -> Rule:
    kind = "date" if column.type == "date" else "number"
    meaning = f"`{column.name}` is text that can't be read as a {kind}."
    return _rule(f"unreadable-{column.name}", meaning, pl.col(UNREADABLE) == column.name)


def _of_column(column: Column, today: date) -> Iterator[Rule]:
    name, value = column.name, pl.col(column.name)
    if not column.nullable:
        yield _rule(f"null-{name}", f"`{name}` is missing.", value.is_null())
    if column.type == "double":
        yield _rule(f"nan-{name}", f"`{name}` is NaN.", value.is_nan())
        yield _rule(f"infinite-{name}", f"`{name}` is infinite.", value.is_infinite())
    if column.type == "date":
        yield _rule(f"future-{name}", f"`{name}` lies in the future.", value > pl.lit(today))
    if column.above is not None:
        code = "not-positive" if column.above == 0 else "too-low"
        yield _rule(f"{code}-{name}", f"`{name}` is not above {column.above:g}.", value <= column.above)
    if column.minimum is not None:
        code = "negative" if column.minimum == 0 else "too-low"
        yield _rule(f"{code}-{name}", f"`{name}` is below {column.minimum:g}.", value < column.minimum)
    if column.maximum is not None:
        yield _rule(f"too-high-{name}", f"`{name}` is above {column.maximum:g}.", value > column.maximum)
    if column.one_of:
        allowed = ", ".join(column.one_of)
        yield _rule(f"unknown-{name}", f"`{name}` is none of {allowed}.", ~value.is_in(list(column.one_of)))


def _order(upper: str, lower: str) -> Rule:
    return _rule(f"{upper}-below-{lower}", f"`{upper}` is below `{lower}`.", pl.col(upper) < pl.col(lower))


def _rule(code: str, meaning: str, broken: pl.Expr) -> Rule:
    return Rule(Reason(code, meaning), broken)
