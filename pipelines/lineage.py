"""Where each column of a table comes from: of a model read from its SQL, of an indicator from its declaration."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import dagster as dg

from dbt_like_sql import lineage, project
from dbt_like_sql.lineage import Origin
from dbt_like_sql.model import Model
from indicators import Indicator, parameters, stored_columns
from warehouse.contracts import BARS, BARS_ADJUSTED, DAILY_BARS, DAILY_BARS_ADJUSTED, RAW_ACTIONS, Table
from warehouse.intervals import COARSER
from warehouse.work import WorkStore

SERIES: Mapping[str, tuple[str, ...]] = {  # what indicators read, by the columns of the bars
    "hl2": ("high", "low"),
    "hlc3": ("high", "low", "close"),
    "ohlc4": ("open", "high", "low", "close"),
    "hlcc4": ("high", "low", "close"),
    "on": ("close",),
}
_PRICES = ("open", "high", "low", "close", "volume")
_FACTORS = ("split_factor", "split_div_factor")
_COARSER = {tables[each.name].name for each in COARSER for tables in (BARS, BARS_ADJUSTED)}
_RESAMPLED = {
    "symbol": ("symbol", "symbol"),
    "date": ("date", "last(date)"),
    "open": ("open", "first(open)"),
    "high": ("high", "max(high)"),
    "low": ("low", "min(low)"),
    "close": ("close", "last(close)"),
    "volume": ("volume", "sum(volume)"),
    "first_session": ("date", "first(date)"),
    "sessions": ("date", "count(date)"),
    "is_partial": ("date", "whether the exchange has sessions of the period after the newest date"),
}


def stored_origins(store: WorkStore, table: str) -> tuple[Origin, ...]:
    """Return what the columns of a table in the store are computed from."""
    return origins(store.contract(table), [store.contract(name) for name in store.version(table).inputs])


def origins(table: Table, sources: Sequence[Table]) -> tuple[Origin, ...]:
    """Return what a table's columns are computed from, given the tables that it is made of; none without any."""
    if not sources:
        return ()
    if (model := _models().get(table.name)) is not None:
        return _of_model(model, tuple((source.name, source.column_names) for source in sources))
    if table.name == DAILY_BARS_ADJUSTED.name:
        return tuple(_of_adjustment())
    if table.name in _COARSER:
        return tuple(Origin(name, sources[0].name, column, how) for name, (column, how) in _RESAMPLED.items())
    if set(table.column_names) <= {*table.key, *stored_columns()}:
        return tuple(_of_indicators(table, sources[0].name))
    return tuple(_handed_on(table, sources[0]))


def metadata(found: Sequence[Origin]) -> dg.TableColumnLineage:
    """Return it as Dagster's page shows it."""
    return dg.TableColumnLineage(
        {
            column: [
                dg.TableColumnDep(dg.AssetKey(each.from_table.split(".")), each.from_column)
                for each in found
                if each.column == column
            ]
            for column in dict.fromkeys(each.column for each in found)
        }
    )


@cache
def _models() -> dict[str, Model]:
    return {model.relation: model for model in project.load().models}


@cache
def _of_model(model: Model, columns: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Origin, ...]:
    return lineage.origins(model, dict(columns))


def _of_indicators(contract: Table, bars: str) -> Iterator[Origin]:
    yield from (Origin(name, bars, name, name) for name in contract.key)
    for name in contract.column_names[len(contract.key) :]:
        indicator, _ = stored_columns()[name]
        for column in read_by(indicator):
            yield Origin(name, bars, column, call(indicator))


def read_by(indicator: Indicator) -> tuple[str, ...]:
    """Return the columns of the bars that a stored indicator reads."""
    read = (column for series in indicator.inputs for column in SERIES.get(series, (series,)))
    return tuple(dict.fromkeys(read))


def call(indicator: Indicator) -> str:
    """Return a stored indicator as it is asked for: `rsi(close, 14)`, `atr(14)`."""
    given = ["close"] if indicator.takes_on else []
    for one in parameters(type(indicator)):
        value = getattr(indicator, one.name)
        if not one.convention:
            given.append(str(value))
        elif value != one.default:
            given.append(f"{one.name}={value}")
    return f"{indicator.id}({', '.join(given)})"


def _of_adjustment() -> Iterator[Origin]:
    for name in DAILY_BARS.key:
        yield Origin(name, DAILY_BARS.name, name, name)
    for name in _PRICES:
        factor = "/ split_factor" if name == "volume" else "* split_factor"
        yield Origin(name, DAILY_BARS.name, name, f"{name} {factor}")
        yield Origin(name, RAW_ACTIONS.name, "value", f"{name} {factor}")
    for factor in _FACTORS:
        yield Origin(factor, RAW_ACTIONS.name, "value", "product of the factors of all later actions")
    yield Origin(_FACTORS[1], DAILY_BARS.name, "close", "product of the factors of all later actions")


def _handed_on(contract: Table, source: Table) -> Iterator[Origin]:
    """Return the columns that bear the name of a column of the source."""
    for name in contract.column_names:
        if name in source.column_names:
            yield Origin(name, source.name, name, name)
