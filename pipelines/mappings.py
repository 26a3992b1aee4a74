"""How a delivered file's columns become ours: declared for the files that do not use our own words."""

import re
from typing import Literal
from urllib.parse import unquote

import msgspec

Kind = Literal["bars", "actions"]
Epoch = Literal["epoch_s", "epoch_ms", "epoch_us", "epoch_ns"]
ANY = "*"
SPLIT = "split"
DIVIDEND = "dividend"


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is true of some files. `columns` is ours = theirs; bars may also bring `split` and `dividend` a row.

    A split column holds new shares for one old (1 or 0: none), a dividend column cash a share (0: none).
    """

    files: str = ""  # pattern of the file's name; the first mapping that matches is used
    source: str = "landing"  # who delivers: kept with the batch
    kind: Kind | None = None  # null: their columns tell
    columns: dict[str, str] = {}
    ignore: tuple[str, ...] = ()  # columns of theirs that are left out; "*": all that are not mapped
    symbol_from: str = ""  # where the file's name holds the symbol, such as "{symbol}_daily.csv"
    date_format: str = ""  # strptime's, or epoch_s, epoch_ms, epoch_us, epoch_ns; by default ISO 8601
    time_zone: str = ""  # whose day a time with a zone, or an epoch, belongs to
    decimal: str = "."
    thousands: str = ""
    delimiter: str = ","
    encoding: str = "utf8"
    null_values: tuple[str, ...] = ("", "NA", "N/A", "null", "None")
    whole: bool = False  # complete by other means, so a CSV file's last line needs no newline
    header: tuple[str, ...] = ()  # columns by which a file is recognised whatever its name is

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        for name, text in (("decimal", self.decimal), ("delimiter", self.delimiter)):
            if len(text) != 1:
                raise ValueError(f"{name} {text!r}: one character is needed")
        if self.decimal in {self.thousands, self.delimiter} and self.decimal != ".":
            raise ValueError(f"decimal {self.decimal!r} is also the thousands mark or the delimiter")
        if self.symbol_from and "{symbol}" not in self.symbol_from:
            raise ValueError(f"symbol_from {self.symbol_from!r}: write {{symbol}} where the symbol stands")

    def theirs(self, name: str) -> str:
        """Return their word for a column of ours."""
        return self.columns.get(name, name)

    def symbol_in(self, file: str) -> str | None:
        """Return the symbol that a file's name holds, or None."""
        pattern = re.escape(self.symbol_from).replace(r"\{symbol\}", r"(?P<symbol>[^/]+?)").replace(r"\*", ".*")
        found = re.fullmatch(pattern, file)
        return unquote(found["symbol"]) if found else None


PLAIN = Mapping(ignore=("__index_level_0__",))  # pandas writes its index along
MASSIVE = Mapping(
    source="massive",
    header=("ticker", "volume", "open", "close", "high", "low", "window_start", "transactions"),
    columns={"symbol": "ticker", "date": "window_start"},
    ignore=("transactions",),
    date_format="epoch_ns",  # midnight in New York, as nanoseconds since 1970
    time_zone="America/New_York",
)
TIINGO = Mapping(
    source="tiingo",
    files="tiingo--*.csv",
    symbol_from="tiingo--{symbol}--*.csv",
    columns={SPLIT: "splitFactor", DIVIDEND: "divCash"},
    ignore=("adj*",),
    time_zone="UTC",
    whole=True,  # so says Content-Length
)
ALPHA_VANTAGE = Mapping(
    source="alpha_vantage",
    files="alpha_vantage--*.csv",
    symbol_from="alpha_vantage--{symbol}--*.csv",
    columns={"date": "timestamp"},
    whole=True,
)
ALPHA_VANTAGE_ADJUSTED = msgspec.structs.replace(
    ALPHA_VANTAGE,
    files="alpha_vantage-adjusted--*.csv",
    symbol_from="alpha_vantage-adjusted--{symbol}--*.csv",
    columns={"date": "timestamp", SPLIT: "split_coefficient", DIVIDEND: "dividend_amount"},
    ignore=("adjusted_close",),
)
YAHOO = Mapping(
    source="yahoo",
    files="yahoo--*.csv",
    symbol_from="yahoo--{symbol}--*.csv",
    columns={SPLIT: "split", DIVIDEND: "dividend"},
)
SYNTHETIC = Mapping(source="synthetic", files="synthetic-*--*.parquet")
BUILT_IN = (MASSIVE, TIINGO, ALPHA_VANTAGE, ALPHA_VANTAGE_ADJUSTED, YAHOO, SYNTHETIC)
