"""The work store: the newest version of every table, from which the next snapshot is made.

A table is an Arrow file named by its own sha256, and a small record that says which one is the newest, from which
versions of which tables it was derived, and what its checks found. Files are never rewritten: a snapshot holds
hard links to them, so publishing costs no copy. A kill at any instant leaves the previous record in force.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa

from warehouse.contracts import Table, contract_of
from warehouse.home import Home


class UnknownTable(LookupError):
    """A table was asked for that no step has written yet."""


class Check(msgspec.Struct, frozen=True):
    """What one check found."""

    name: str
    passed: bool
    blocking: bool
    detail: str = ""


class Version(msgspec.Struct, frozen=True):
    """The newest version of a table."""

    table: str
    version: str  # sha256 of the file
    rows: int
    bytes: int
    inputs: dict[str, str]  # table -> version it was derived from
    checks: tuple[Check, ...] = ()
    recipe: str = ""  # what it was made by, where that tells whether it can be made of its own last version


class WorkStore:
    """Reads and writes the tables under `home.work`."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def write(self, table: Table, data: pa.Table, *, inputs: Sequence[str] = (), recipe: str = "") -> Version:
        """Store `data` as the newest version of `table`; `inputs` are the tables it was derived from.

        What a view among them reads is an input, too: a view is the same version whatever its rows.
        """
        folder = self.home.work / table.name
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".draft-{os.getpid()}"
        _write_single_batch(draft, _conform(table, data))
        digest = sha256_of(draft)
        draft.chmod(0o444)
        draft.replace(folder / f"{digest}.arrow")
        version = Version(
            table=table.name,
            version=digest,
            rows=data.num_rows,
            bytes=self._file(table.name, digest).stat().st_size,
            inputs={name: self.version(name).version for name in self.with_what_views_read(inputs)},
            recipe=recipe,
        )
        self._record(version)
        self._sweep(version)
        return version

    def read(self, name: str) -> pa.Table:
        """Return the newest version of a table, memory-mapped."""
        return open_arrow(self.path(name))

    def path(self, name: str) -> Path:
        """Return the file of a table's newest version."""
        return self._file(name, self.version(name).version)

    def version(self, name: str) -> Version:
        """Return the record of a table's newest version."""
        try:
            return msgspec.json.decode(self._record_path(name).read_bytes(), type=Version)
        except FileNotFoundError as ex:
            known = ", ".join(self.names()) or "none"
            raise UnknownTable(f"table {name} has not been written; written so far: {known}") from ex

    def names(self) -> tuple[str, ...]:
        """Return the tables written so far, sorted."""
        return tuple(sorted(path.stem for path in self.home.work.glob("*.json")))

    def contract(self, name: str) -> Table:
        """Return the contract that a table was written under."""
        return contract_of(self.read(name).schema)

    def record_checks(self, name: str, checks: Sequence[Check]) -> None:
        """Attach what the checks found to a table's newest version, in place of what they found before."""
        self._record(msgspec.structs.replace(self.version(name), checks=tuple(checks)))

    def versions(self) -> Mapping[str, Version]:
        """Return the records of all tables, by name."""
        return {name: self.version(name) for name in self.names()}

    def with_what_views_read(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the tables, each view among them after the tables that it reads."""
        found: dict[str, None] = {}
        for name in names:
            if self.contract(name).view:
                found |= dict.fromkeys(self.with_what_views_read(self.version(name).inputs))
            found[name] = None
        return tuple(found)

    def _file(self, name: str, digest: str) -> Path:
        return self.home.work / name / f"{digest}.arrow"

    def _record_path(self, name: str) -> Path:
        return self.home.work / f"{name}.json"

    def _record(self, version: Version) -> None:
        write_atomically(self._record_path(version.table), msgspec.json.encode(version))

    def _sweep(self, newest: Version) -> None:
        for path in (self.home.work / newest.table).iterdir():
            if path.name != f"{newest.version}.arrow":
                path.unlink()


def _conform(table: Table, data: pa.Table) -> pa.Table:
    """Return `data` in the contract's columns and types, where a null double is a NaN under a null bit.

    Raises:
        pa.ArrowInvalid, KeyError: a column is missing or can't be cast without loss.
    """
    columns = [_settle(data.column(field.name).cast(field.type)) for field in table.schema()]
    conformed = pa.table(columns, schema=_encoded(table.schema(), columns))
    return conformed.combine_chunks()


def _settle(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    if pa.types.is_floating(flat.type):
        # The NaN below the null bit lets readers map the values as they are and still see a null.
        return pa.array(flat.to_numpy(zero_copy_only=False), from_pandas=True)
    if pa.types.is_string(flat.type):
        return flat.dictionary_encode()
    return flat


def _encoded(schema: pa.Schema, columns: Sequence[pa.Array]) -> pa.Schema:
    fields = [pa.field(field.name, column.type) for field, column in zip(schema, columns, strict=True)]
    return pa.schema(fields, metadata=schema.metadata)


def _write_single_batch(path: Path, data: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, data.schema) as writer:
        writer.write_table(data)  # combined above, hence one batch
        writer.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())


def open_arrow(path: Path) -> pa.Table:
    """Return an Arrow file's table, memory-mapped."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def sha256_of(path: Path) -> str:
    """Return a file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
