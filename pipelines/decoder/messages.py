"""What parent and child say to each other: one JSON line for each question, one for each answer."""

from typing import Literal

import msgspec

Family = Literal["text", "number", "date", "time", "zoned", "other"]
MIB = 1024**2


class Form(msgspec.Struct, frozen=True):
    """How a CSV file is written."""

    delimiter: str = ","
    encoding: str = "utf8"
    whole: bool = False  # known to be complete, so its last line needs no newline


class Limits(msgspec.Struct, frozen=True):
    """What is decoded at most. The first group is read from metadata, the second is enforced by the kernel."""

    rows: int = 50_000_000
    columns: int = 1_000
    cells: int = 1_000_000_000
    bytes: int = 4 * 1024 * MIB
    bytes_per_value: int = 1_024  # on average, over what `slack` leaves
    slack: int = 16 * MIB
    footer: int = 16 * MIB
    line: int = MIB
    inflation: int = 200  # bytes unpacked from one

    memory: int = 1_024 * MIB  # beyond what the child has when idle
    cpu_seconds: int = 120
    seconds: int = 600


class Look(msgspec.Struct, frozen=True, tag="look"):
    """What does the file hold?"""

    path: str
    form: Form
    limits: Limits


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Write these columns of the file as an Arrow file to `target`."""

    path: str
    form: Form
    limits: Limits
    columns: tuple[str, ...]
    target: str


class Field(msgspec.Struct, frozen=True):
    """A column as delivered."""

    name: str
    type: str
    family: Family


class Schema(msgspec.Struct, frozen=True, tag="schema"):
    """What a file holds, by its metadata; a CSV file's rows are not known before they are read."""

    format: Literal["parquet", "csv"]
    fields: tuple[Field, ...]
    rows: int | None = None


class Written(msgspec.Struct, frozen=True, tag="written"):
    """The columns have been written."""

    rows: int


class Rejected(msgspec.Struct, frozen=True, tag="rejected"):
    """The file can't be used; the code is one of `pipelines.reasons`."""

    code: str
    detail: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The machine, not the file, is at fault: a full disk, a folder that can't be read."""

    errno: int
    message: str


Question = Look | Read
Answer = Schema | Written | Rejected | Failed
