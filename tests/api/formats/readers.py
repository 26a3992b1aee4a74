"""Answers as independent readers see them: csv and json of the standard library, pyarrow, Polars, zlib, zstandard."""

import csv
import gzip
import io
import json
from dataclasses import dataclass
from datetime import date

import polars as pl
import pyarrow as pa
import zstandard

from tests.api.conftest import strict

MEDIA = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8; header=present",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
ROWS = ("ndjson", "csv", "arrow", "parquet")
TYPES = {"symbol": pl.String, "change": pl.String, "date": pl.Date, "problem": pl.String}


@dataclass
class Made:
    """An answer that was not asked for."""

    form: str
    content: bytes

    @property
    def headers(self):
        return {"Content-Type": MEDIA[self.form]}


def get(caller, path, form, **rest):
    answer = (
        caller(path, params={"format": form}, **rest) if "?" not in path else caller(f"{path}&format={form}", **rest)
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == MEDIA[form]
    return answer


def frame(answer, truths=()):
    """Read an answer of rows into a Polars frame, with the types that its format has or, without any, those told."""
    kind, content = answer.headers["Content-Type"].partition(";")[0], answer.content
    if kind == MEDIA["arrow"]:
        return pl.from_arrow(pa.ipc.open_stream(content).read_all())
    if kind == MEDIA["parquet"]:
        return pl.read_parquet(io.BytesIO(content))
    if kind == "text/csv":
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
        read = [[None if cell == "" else cell for cell in row] for row in rows]
        columns = dict(zip(header, zip(*read, strict=True), strict=True)) if read else dict.fromkeys(header, ())
        return _typed(
            {name: [_parsed(name, cell, truths) for cell in column] for name, column in columns.items()}, truths
        )
    records = [json.loads(line) for line in content.splitlines()]
    names = list(records[0]) if records else []
    columns = {name: [record[name] for record in records] for name in names}
    columns |= {"date": [day and date.fromisoformat(day) for day in columns.get("date", [])]}
    return _typed({name: columns[name] for name in names}, truths)


def told(answer):
    """Read what an Arrow or Parquet answer says in its schema."""
    if answer.headers["Content-Type"] == MEDIA["arrow"]:
        return json.loads(pa.ipc.open_stream(answer.content).schema.metadata[b"kalpi"])
    return json.loads(pl.read_parquet_metadata(io.BytesIO(answer.content))["kalpi"])


def decoded(answer):
    """Return the body of an answer without its content coding."""
    match answer.headers.get("Content-Encoding"):
        case "gzip":
            return gzip.decompress(answer.content)
        case "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(answer.content)
    return answer.content


def columns(answer):
    """Return the columns of a JSON answer as a frame."""
    found = strict(answer.content)["columns"]
    return _typed({**found, "date": [date.fromisoformat(day) for day in found["date"]]}, ())


def _typed(columns, truths):
    kinds = {name: TYPES.get(name, pl.Boolean if name in truths else pl.Float64) for name in columns}
    return pl.DataFrame(columns, schema=kinds)


def _parsed(name, cell, truths):
    if cell is None or TYPES.get(name) == pl.String:
        return cell
    if name == "date":
        return date.fromisoformat(cell)
    return cell == "true" if name in truths else float(cell)
