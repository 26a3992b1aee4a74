"""What a table is: its columns with types, units and bounds, declared once.

From a contract follow the Arrow schema, the checks on rows and on the whole table, the comments in DuckDB
and the pages that describe it.
"""

from typing import Literal

import msgspec
import pyarrow as pa

from warehouse.intervals import COARSER, DAILY, Interval, IntervalName

TypeName = Literal["varchar", "date", "double", "bigint", "boolean", "timestamp"]

ARROW_TYPES: dict[TypeName, pa.DataType] = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "double": pa.float64(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}


class Column(msgspec.Struct, frozen=True):
    """One column: a null is allowed only where `nullable`, and a value must lie within the bounds."""

    name: str
    type: TypeName
    description: str
    unit: str = ""
    nullable: bool = False
    minimum: float | None = None
    above: float | None = None  # a bound that is itself not allowed
    maximum: float | None = None
    one_of: tuple[str, ...] = ()
    definition: str = ""  # a hash of what it was computed by, where that can change under the same name


class Table(msgspec.Struct, frozen=True):
    """One table: `key` is its grain, and `ordered` names pairs whose first is never below its second."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    served: bool = False  # published as a memory-mappable file
    history: bool = False  # its rows lie symbol by symbol in the order of the key, and grow at the ends
    follows: str = ""  # the history that has the same rows, symbol by symbol and date by date
    view: str = ""  # the select that gives its rows; empty where they are stored

    @property
    def schema_name(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def schema(self) -> pa.Schema:
        """Return the Arrow schema, which carries this contract in its metadata."""
        fields = [pa.field(column.name, ARROW_TYPES[column.type]) for column in self.columns]
        return pa.schema(fields, metadata={METADATA_KEY: msgspec.json.encode(self)})


METADATA_KEY = b"kalpi.contract"


def contract_of(schema: pa.Schema) -> Table:
    """Return the contract that `Table.schema` put into a schema's metadata."""
    return msgspec.json.decode((schema.metadata or {})[METADATA_KEY], type=Table)


SYMBOL = Column("symbol", "varchar", "ticker of the listing")
DATE = Column("date", "date", "trading session, the exchange's local date")
BATCH = Column("batch", "varchar", "the batch that brought the row; the manifest names its file")

_KEY = ("symbol", "date")
_WITHIN_THE_BAR = (("high", "low"), ("high", "open"), ("high", "close"), ("open", "low"), ("close", "low"))


def _prices(what: str, interval: Interval = DAILY) -> tuple[Column, ...]:
    return tuple(
        Column(name, "double", f"{meaning} price of the {interval.period}, {what}", unit="price", above=0.0)
        for name, meaning in (("open", "first"), ("high", "highest"), ("low", "lowest"), ("close", "last"))
    )


def _volume(what: str = "", interval: Interval = DAILY) -> Column:
    return Column("volume", "double", f"shares traded in the {interval.period}{what}", unit="shares", minimum=0.0)


RAW_BARS = Table(
    name="raw.bars",
    description="Every bar ever accepted, as delivered: append-only, one row for each delivery of a symbol's session.",
    columns=(SYMBOL, DATE, *_prices("as traded"), _volume(), BATCH),
    key=("symbol", "date", "batch"),
    ordered=_WITHIN_THE_BAR,
    history=True,
)

RAW_ACTIONS = Table(
    name="raw.actions",
    description="Every split and dividend ever accepted, as delivered: append-only.",
    columns=(
        SYMBOL,
        Column("ex_date", "date", "first session that trades without the entitlement"),
        Column("kind", "varchar", "split or dividend", one_of=("split", "dividend")),
        Column("value", "double", "split: new shares for one old; dividend: cash a share as paid", above=0.0),
        Column("source", "varchar", "who says so"),
        BATCH,
    ),
    key=("symbol", "ex_date", "kind", "batch"),
    history=True,
)

DAILY_BARS = Table(
    name="daily.bars",
    description="One row for each symbol and session, as traded: the newest delivery of each, checked and sorted.",
    columns=RAW_BARS.columns,
    key=_KEY,
    ordered=_WITHIN_THE_BAR,
    served=True,
    history=True,
)

DAILY_BARS_ADJUSTED = Table(
    name="daily.bars_adjusted",
    description="The daily bars adjusted for splits, and the factors that do it; counted from the last bar back.",
    columns=(
        SYMBOL,
        DATE,
        *_prices("adjusted for splits"),
        _volume(", adjusted for splits"),
        Column("split_factor", "double", "a price as traded, times this, is adjusted for splits", above=0.0),
        Column(
            "split_div_factor",
            "double",
            "a price as traded, times this, is adjusted for splits and dividends",
            above=0.0,
        ),
    ),
    key=_KEY,
    ordered=_WITHIN_THE_BAR,
    served=True,
    history=True,
    follows=DAILY_BARS.name,
)


def _coarser(interval: Interval, name: str, what: str, *, volume: str, note: str = "", follows: str = "") -> Table:
    period = interval.period
    return Table(
        name=f"{interval.schema}.{name}",
        description=f"The daily bars of each {period} made into one, dated by the last of them; {what}{note}.",
        columns=(
            SYMBOL,
            Column("date", "date", f"last session of the {period} that has a bar of the symbol"),
            *_prices(what, interval),
            _volume(volume, interval),
            Column("first_session", "date", f"first session of the {period} that has a bar of the symbol"),
            Column("sessions", "bigint", f"daily bars in the {period}", minimum=1),
            Column(
                "is_partial", "boolean", f"whether the exchange had sessions of the {period} left after the newest day"
            ),
        ),
        key=_KEY,
        ordered=_WITHIN_THE_BAR,
        served=True,
        history=True,
        follows=follows,
    )


_BOTH_SIDES = ", so a split within leaves prices of both sides of it"

BARS: dict[IntervalName, Table] = {
    DAILY.name: DAILY_BARS,
    **{each.name: _coarser(each, "bars", "as traded", volume="", note=_BOTH_SIDES) for each in COARSER},
}

BARS_ADJUSTED: dict[IntervalName, Table] = {
    DAILY.name: DAILY_BARS_ADJUSTED,
    **{
        each.name: _coarser(
            each,
            "bars_adjusted",
            "adjusted for splits",
            volume=", adjusted for splits",
            follows=BARS[each.name].name,
        )
        for each in COARSER
    },
}
