"""The formats that answers of rows come in: one module writes each, and this table says how they are asked for."""

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from api.formats import as_arrow, as_csv, as_json, as_ndjson, as_parquet
from api.frames import Answer

Shape = Literal["columns", "records"]


class Format(msgspec.Struct, frozen=True):
    """A format: its name in questions, its media type and those it is also known by, and what writes it piece by piece.

    All but JSON write one frame. `parameters` follow the type in Content-Type. What `is_packed` is compressed inside,
    and gets no content coding on top.
    """

    name: str
    media: str
    write: Callable[[Answer], Iterator[bytes]]
    also: tuple[str, ...] = ()
    parameters: str = ""
    is_packed: bool = False

    @property
    def content_type(self) -> str:
        """The type as a header tells it."""
        return self.media + self.parameters


class Form(msgspec.Struct, frozen=True):
    """What an answer is to look like: a format and, where it has several, a shape; `mark` tells it apart in ETags."""

    format: Format
    write: Callable[[Answer], Iterator[bytes]]
    mark: str = ""

    @property
    def is_nested(self) -> bool:
        """Whether rows come in parts, each with what is told of it."""
        return self.format is JSON


JSON = Format("json", "application/json", as_json.columns)
FORMATS = (
    JSON,
    Format("ndjson", "application/x-ndjson", as_ndjson.write, ("application/ndjson", "application/jsonl")),
    Format("csv", "text/csv", as_csv.write, parameters="; charset=utf-8; header=present"),
    Format("arrow", "application/vnd.apache.arrow.stream", as_arrow.write),
    Format("parquet", "application/vnd.apache.parquet", as_parquet.write, is_packed=True),
)
BY_NAME = {one.name: one for one in FORMATS}
USUAL = Form(JSON, JSON.write)
FORMS = {(one.name, "columns"): Form(one, one.write, f"-{one.name}") for one in FORMATS if one is not JSON} | {
    ("json", "columns"): USUAL,
    ("json", "records"): Form(JSON, as_json.records, "-records"),
}
