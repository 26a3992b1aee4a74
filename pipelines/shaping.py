"""From delivered columns to ours: names, dates and numbers as declared; what can't be read is told by row."""

from typing import Literal

import polars as pl

from pipelines.mappings import Mapping
from pipelines.reasons import Refused
from warehouse.contracts import Column

UNREADABLE = "unreadable"  # the column that could not be read in a row, or null
_EPOCHS: dict[str, Literal["s", "ms", "us", "ns"]] = {
    "epoch_s": "s",
    "epoch_ms": "ms",
    "epoch_us": "us",
    "epoch_ns": "ns",
}
_TICKS = {"d": 1, "s": 86_400, "ms": 86_400 * 10**3, "us": 86_400 * 10**6, "ns": 86_400 * 10**9}  # of a day
_EARLIEST, _LATEST = -62_091, 84_006  # 1800-01-01 and 2200-01-01 as days since 1970
_ISO_DAY = r"^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$"
_ISO_ZONE = r"[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$"


def shape(frame: pl.DataFrame, columns: tuple[Column, ...], mapping: Mapping) -> pl.DataFrame:
    """Return the columns in their contract's types, and `unreadable`.

    Args:
        frame: a column for each of `columns`, under its name; text where the file holds text.
        columns: what is wanted.
        mapping: how dates and numbers are written.

    Raises:
        Refused: zoned-time or mixed-time-zones.
    """
    for column in columns:
        if column.type == "date" and _is_text(frame.schema[column.name]) and not mapping.date_format:
            _refuse_zones(frame[column.name], mapping)
    read = frame.select(_read(frame.schema[column.name], column, mapping) for column in columns)
    days = [column.name for column in columns if column.type == "date"]
    read = read.with_columns(pl.when(_within(pl.col(day).to_physical(), "d")).then(pl.col(day)) for day in days)
    lost = [
        pl.when(read[column.name].is_null() & _says_something(frame[column.name], mapping)).then(pl.lit(column.name))
        for column in columns
        if column.type == "date" or (column.type == "double" and _is_text(frame.schema[column.name]))
    ]
    return read.with_columns(pl.coalesce(*lost, pl.lit(None, pl.String)).alias(UNREADABLE))


def _is_text(type_: pl.DataType) -> bool:
    return isinstance(type_, pl.String | pl.Categorical | pl.Enum)


def _says_something(values: pl.Series, mapping: Mapping) -> pl.Series:
    said = values.is_not_null()
    return said & ~values.cast(pl.String).is_in(mapping.null_values) if _is_text(values.dtype) else said


def _read(found: pl.DataType, column: Column, mapping: Mapping) -> pl.Expr:
    value = pl.col(column.name)
    match column.type:
        case "varchar":
            text = value.cast(pl.String)
            return pl.when(~text.is_in(mapping.null_values)).then(text).alias(column.name)
        case "date":
            return _date(value, found, mapping)
        case _ if _is_text(found):
            return _number(value.cast(pl.String), mapping)
    return value.cast(pl.Float64)


def _number(text: pl.Expr, mapping: Mapping) -> pl.Expr:
    for mark, meant in ((mapping.thousands, ""), (mapping.decimal, ".")):
        if mark not in {"", meant}:
            text = text.str.replace_all(mark, meant, literal=True)
    return text.str.strip_chars().cast(pl.Float64, strict=False)


def _date(value: pl.Expr, found: pl.DataType, mapping: Mapping) -> pl.Expr:
    if unit := _EPOCHS.get(mapping.date_format):
        ticks = value.cast(pl.Int64, strict=False)
        since = pl.from_epoch(pl.when(_within(ticks, unit)).then(ticks), unit)
        return _day(since.dt.replace_time_zone("UTC"), mapping)
    if _is_text(found):
        return _day_told(value.cast(pl.String).str.strip_chars(), mapping)
    unit = found.time_unit if isinstance(found, pl.Datetime) else "d"
    known = pl.when(_within(value.to_physical(), unit)).then(value)
    return _day(known, mapping) if isinstance(found, pl.Datetime) and found.time_zone else known.cast(pl.Date)


def _within(ticks: pl.Expr, unit: str) -> pl.Expr:
    """Return where a number of units since 1970 is a day that can be; Polars can't even name others."""
    return ticks.is_between(_EARLIEST * _TICKS[unit], _LATEST * _TICKS[unit])


def _day_told(text: pl.Expr, mapping: Mapping) -> pl.Expr:
    if "%z" in mapping.date_format:
        return _day(text.str.to_datetime(mapping.date_format, strict=False, time_zone="UTC"), mapping)
    if mapping.date_format:
        return text.str.to_date(mapping.date_format, strict=False)
    day = text.str.extract(_ISO_DAY).str.to_date("%Y-%m-%d", strict=False)
    if not mapping.time_zone:
        return day
    instant = text.str.to_datetime("%+", strict=False, time_zone="UTC")
    return pl.when(text.str.contains(_ISO_ZONE)).then(_day(instant, mapping)).otherwise(day)


def _day(instant: pl.Expr, mapping: Mapping) -> pl.Expr:
    """Return the day that an instant falls into where the exchange is."""
    return instant.dt.convert_time_zone(mapping.time_zone or "UTC").dt.date()


def _refuse_zones(texts: pl.Series, mapping: Mapping) -> None:
    """Refuse times whose day depends on a zone that is not declared, or that only some of them bear."""
    zones = texts.drop_nulls().cast(pl.String).str.strip_chars().str.extract(_ISO_ZONE).unique().to_list()
    named = sorted(zone for zone in zones if zone is not None)
    if not named:
        return
    if None in zones or (len(named) > 1 and not mapping.time_zone):
        found = ", ".join([*named, *(["none"] if None in zones else [])])
        raise Refused("mixed-time-zones", f"{texts.name} is told in several zones: {found}")
    if not mapping.time_zone:
        raise Refused("zoned-time", f"{texts.name} bears the zone {named[0]}, and no time_zone is declared")
