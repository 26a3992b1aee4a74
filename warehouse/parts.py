"""The Arrow files that a table's rows lie in, each named by what it holds, to be mapped into memory."""

import os
from pathlib import Path

import msgspec
import pyarrow as pa

from warehouse.files import sha256_of


class Part(msgspec.Struct, frozen=True):
    """A file of some rows of a table."""

    rows: int
    sha256: str
    bytes: int


def write_part(folder: Path, rows: pa.RecordBatch) -> Part:
    """Write rows to a file that bears its sha256 as its name."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".draft-{os.getpid()}"
    part = write_arrow(draft, rows)
    draft.replace(path_of(folder, part))
    return part


def path_of(folder: Path, part: Part) -> Path:
    """Return where a part lies."""
    return folder / f"{part.sha256}.arrow"


def open_part(folder: Path, part: Part) -> pa.RecordBatch:
    """Return a part's rows, memory-mapped."""
    return open_batch(path_of(folder, part))


def open_batch(path: Path) -> pa.RecordBatch:
    """Return the one batch of an Arrow file, memory-mapped."""
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        if reader.num_record_batches:
            return reader.get_batch(0)
        return pa.RecordBatch.from_pylist([], reader.schema)


def write_arrow(path: Path, rows: pa.RecordBatch) -> Part:
    """Write a file of one batch for good: durable, and not to be written to again."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_batch(rows)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.chmod(0o444)
    return Part(rows.num_rows, sha256_of(path), path.stat().st_size)
