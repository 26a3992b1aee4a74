"""Files that must not be used, each with the code it gets: whole ones, and ones with a bad row among good ones."""

import gzip
import io
import math
import zipfile
from datetime import date, timedelta

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.pipelines.frames import actions, bars, broken


def parquet(frame, **options):
    """Return a frame as the bytes of a Parquet file."""
    buffer = io.BytesIO()
    table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def comma(frame):
    """Return a frame as the bytes of a CSV file."""
    return frame.write_csv().encode()


def zipped(content):
    """Return a zip archive with one member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bars.csv", content)
    return buffer.getvalue()


def many(columns):
    """Return a Parquet file with many columns and no row."""
    empty = pa.array([], pa.float64())
    return parquet(pa.table([empty] * columns, names=[f"c{number}" for number in range(columns)]), store_schema=False)


def flipped(content, at, length=32):
    """Return bytes with a stretch of them turned over."""
    return content[:at] + bytes(255 - byte for byte in content[at : at + length]) + content[at + length :]


def unspeakable():
    """Return bars whose symbol is bytes that are no text."""
    symbols = pa.array([b"\xff\xfe"] * 4, pa.binary()).view(pa.string())
    return bars().to_arrow().set_column(0, "symbol", symbols)


def timed(ticks, type_):
    """Return bars whose dates are what some numbers are in a type."""
    stored = pa.int32() if type_ == pa.date32() else pa.int64()
    return bars().to_arrow().set_column(1, "date", pa.array(ticks, stored).cast(type_))


BEYOND = {
    "days": timed([19_724, 2**31 - 1, -(2**31), 0], pa.date32()),
    "times": timed([1_704_153_600_000, 2**62, -(2**62), 0], pa.timestamp("ms")),
    "nanoseconds": timed([1_704_153_600_000_000_000, 2**63 - 1, 1 - 2**63, 0], pa.timestamp("ns")),
}
WHOLE = parquet(bars())
TEXT = comma(bars())
HEADER = TEXT[: TEXT.index(b"\n") + 1]
TIMES = [f"2024-01-0{day}T00:00:00{zone}" for day, zone in zip((2, 3, 4, 5), ("Z", "-05:00", "Z", ""), strict=True)]

FILES = {
    "no bytes": ("a.parquet", b"", "empty-file"),
    "a page": ("a.parquet", b"<!doctype html><title>502 Bad Gateway</title>", "html-page"),
    "a page named csv": ("a.csv", b"\n <html>", "html-page"),
    "prose in JSON": ("a.csv", b'{"Information": "25 requests per day"}', "json-document"),
    "zip bomb": ("a.zip", zipped(b"0" * 10_000_000), "archive"),
    "xlsx": ("a.csv", zipped(b"sheet"), "archive"),
    "other bytes": ("a.dat", b"\x01\x02\x03", "unknown-format"),
    "text named parquet": ("a.parquet", TEXT, "not-parquet"),
    "magic only": ("a.parquet", b"PAR1", "too-short"),
    "half": ("a.parquet", WHOLE[: len(WHOLE) // 2], "truncated"),
    "four bytes short": ("a.parquet", WHOLE[:-4], "truncated"),
    "csv four bytes short": ("a.csv", TEXT[:-4], "truncated"),
    "gzip four bytes short": ("a.csv.gz", gzip.compress(TEXT)[:-4], "truncated"),
    "encrypted": ("a.parquet", b"PARE" + WHOLE[4:-4] + b"PARE", "encrypted"),
    "garbled footer": ("a.parquet", flipped(WHOLE, len(WHOLE) - 300, 200), "unreadable-footer"),
    "footer of a wrong length": ("a.parquet", WHOLE[:-8] + b"\xff\xff\xff\x0fPAR1", "unreadable-footer"),
    "garbled pages": ("a.parquet", flipped(WHOLE, 4), "unreadable-rows"),
    "a symbol that is no UTF-8": ("a.parquet", parquet(unspeakable(), store_schema=False), "unreadable-rows"),
    "garbled gzip": ("a.csv.gz", flipped(gzip.compress(TEXT), 40), "unreadable-rows"),
    "zero bytes": ("a.csv", b"symbol\0,date\n", "not-text"),
    "another encoding": ("a.csv", TEXT.replace(b"AAA", b"\xc4\xd6\xdc"), "not-text"),
    "half a csv": ("a.csv", TEXT[: len(TEXT) // 2 + 2], "ragged-line"),
    "decimal commas undeclared": ("a.csv", TEXT.replace(b".0,", b",0,"), "ragged-line"),
    "brotli": ("a.parquet", parquet(bars(), compression="brotli"), "wrong-codec"),
    "many columns": ("a.parquet", many(1_500), "too-many-columns"),
    "a long header": ("a.csv", b"c," * 1_000_000, "too-many-columns"),
    "gzip bomb": ("a.csv.gz", gzip.compress(HEADER + b"A,2024-01-02,1,1,1,1,1\n" * 3_000_000), "compression-bomb"),
    "no rows": ("a.parquet", parquet(bars().clear()), "no-rows"),
    "only a header": ("a.csv", comma(bars().clear()), "no-rows"),
    "no close": ("a.parquet", parquet(bars().drop("close")), "missing-column"),
    "no close in csv": ("a.csv", comma(bars().drop("close")), "missing-column"),
    "one more": ("a.parquet", parquet(bars().with_columns(vwap=pl.lit(1.0))), "extra-column"),
    "two closes": (
        "a.parquet",
        parquet(pa.table([*bars().to_arrow().columns, pa.array([1.0] * 4)], names=[*bars().columns, "close"])),
        "repeated-column",
    ),
    "two closes in csv": ("a.csv", TEXT.replace(b"open", b"close"), "repeated-column"),
    "text for a price": ("a.parquet", parquet(bars().with_columns(pl.col("close").cast(pl.String))), "wrong-type"),
    "text for a date": ("a.parquet", parquet(bars().with_columns(pl.col("date").cast(pl.String))), "wrong-type"),
    "number for a symbol": ("a.parquet", parquet(bars().with_columns(symbol=pl.lit(1))), "wrong-type"),
    "a zone undeclared": (
        "a.parquet",
        parquet(bars().with_columns(pl.col("date").cast(pl.Datetime(time_zone="UTC")))),
        "zoned-time",
    ),
    "several zones": ("a.csv", comma(bars().with_columns(date=pl.Series(TIMES))), "mixed-time-zones"),
    "invented among real": (
        "a.parquet",
        parquet(pl.concat([bars(symbol="SYN0001"), bars(symbol="AAPL")])),
        "mixed-with-synthetic",
    ),
}


def scaled(factor):
    """Return sound bars but for the prices of the last day."""
    last = pl.col("date") == date(2024, 1, 5)
    prices = ("open", "high", "low", "close")
    return bars().with_columns(pl.when(last).then(pl.col(name) * factor).otherwise(name).alias(name) for name in prices)


ROWS = {
    "null": (broken("close", None), "null-close"),
    "null key": (broken("symbol", None), "null-symbol"),
    "null date": (broken("date", None), "null-date"),
    "an empty symbol": (broken("symbol", " "), "malformed-symbol"),
    "NaN": (broken("close", math.nan), "nan-close"),
    "infinite": (broken("high", math.inf), "infinite-high"),
    "minus infinite": (broken("low", -math.inf), "infinite-low"),
    "negative volume": (broken("volume", -1.0), "negative-volume"),
    "no price": (broken("open", 0.0), "not-positive-open"),
    "high below low": (broken("high", 9.0), "high-below-low"),
    "high below close": (broken("high", 10.9), "high-below-open"),
    "close below low": (broken("close", 9.0), "close-below-low"),
    "close above high": (broken("close", 12.5), "high-below-close"),
    "open below low": (broken("open", 9.0), "open-below-low"),
    "the future": (broken("date", date.today() + timedelta(days=3)), "future-date"),  # noqa: DTZ011
    "a Saturday": (broken("date", date(2024, 1, 6)), "not-a-session"),
    "a holiday": (broken("date", date(2024, 1, 1)), "not-a-session"),
    "ten times the price": (scaled(10), "price-jump"),
    "a tenth of the price": (scaled(1 / 12), "price-jump"),
}
CELLS = {
    "no number": (TEXT.replace(b"11.0", b"n/a.", 1), "unreadable-high"),
    "no date": (TEXT.replace(b"2024-01-03", b"03.01.2024"), "unreadable-date"),
    "no such day": (TEXT.replace(b"2024-01-03", b"2024-02-30"), "unreadable-date"),
}
ACTIONS = {"a merger": (actions(("AAA", date(2024, 1, 3), "merger", 1.0)), "unknown-kind")}
