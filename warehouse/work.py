"""The work store: the newest version of every table, from which the next snapshot is made.

A table is one or two files that bear their own sha256 as names, and a small record that says which they are, from
which versions of which tables they were derived, and what the table's checks found. Files are never rewritten: a
snapshot holds hard links to them, so publishing costs no copy. A kill at any instant leaves the previous record in
force.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa

from warehouse import columns, crash
from warehouse.changes import Changes
from warehouse.conforming import Columns, conformed
from warehouse.contracts import Table, contract_of
from warehouse.files import write_atomically
from warehouse.history import History, amended, generation
from warehouse.home import Home
from warehouse.layout import RUNS, SUPERSEDED, runs
from warehouse.parts import Part, open_part, path_of, write_part
from warehouse.trimming import trimmed


class UnknownTable(LookupError):
    """A table was asked for that no step has written yet."""


class Check(msgspec.Struct, frozen=True):
    """What one check found."""

    name: str
    passed: bool
    blocking: bool
    detail: str = ""


class Version(msgspec.Struct, frozen=True):
    """The newest version of a table; of a history equal rows are an equal version, however they lie in parts."""

    table: str
    version: str  # a hash of the content
    rows: int
    inputs: dict[str, str]  # table -> version it was derived from
    parts: tuple[Part, ...]
    checks: tuple[Check, ...] = ()
    recipe: str = ""  # what it was made by: it can be amended by the same alone
    sound: str = ""  # the last version of which all blocking checks passed
    generation: str = ""  # of a history: tells bases of other rows apart
    digest: int = 0  # of a history: the sum over its rows

    @property
    def bytes(self) -> int:
        """The size of its Arrow files."""
        return sum(part.bytes for part in self.parts)


class Origin(msgspec.Struct, frozen=True):
    """What a version is made of, and by what."""

    inputs: dict[str, str]
    recipe: str


Change = tuple[Mapping[str, int], pa.RecordBatch]
"""How many rows are kept of each symbol that changes, and those that come after them."""


class WorkStore:
    """Reads and writes the tables under `home.work`."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def write(self, table: Table, data: Columns, *, inputs: Sequence[str] = (), recipe: str = "") -> Version:
        """Store `data` as the newest version of `table`; `inputs` are the tables it was derived from.

        What a view among them reads is an input, too: a view is the same version whatever its rows.
        """
        rows, origin = conformed(table, data), Origin(self._versions(inputs), recipe)
        if table.history:
            return self._put(table, None, ({}, rows), origin)
        part = self._write_part(table, rows)
        return self._record(Version(table.name, part.sha256, part.rows, origin.inputs, (part,), recipe=recipe))

    def amend(
        self,
        table: Table,
        kept: Mapping[str, int],
        data: Columns,
        *,
        inputs: Sequence[str] = (),
        recipe: str = "",
    ) -> Version:
        """Store a history of which each symbol named in `kept` goes on after so many rows with those of `data`.

        A symbol that keeps none and gets none is gone. Rows that are given and were there before are kept, too.
        """
        old = self.history(table.name)
        change = trimmed(old, kept, conformed(table, data))
        return self._put(table, old, change, Origin(self._versions(inputs), recipe))

    def changes(self, name: str, since: str) -> Mapping[str, int] | None:
        """Return how many of each symbol's rows are as they were in an older version, of those that changed.

        None: nobody knows any more, and all may have changed.
        """
        return Changes(self.home.work / name).between(since, self.version(name).version)

    def history(self, name: str) -> History:
        """Return the parts of a history's newest version, memory-mapped."""
        version = self.version(name)
        return History.of(*self._open(version), generation=version.generation)

    def read(self, name: str, only: Sequence[str] | None = None) -> pa.Table:
        """Return the rows of a table's newest version in order, memory-mapped where they lie so; or `only` columns."""
        parts = self._open(self.version(name))
        if only is not None:
            wanted = list(dict.fromkeys(("symbol", *only))) if len(parts) > 1 else list(only)
            parts = tuple(part.select(wanted) for part in parts)
        rows = parts[0] if len(parts) == 1 else History.of(*parts).all_rows()
        return pa.Table.from_batches([rows if only is None else rows.select(list(only))])

    def parts(self, name: str) -> tuple[pa.RecordBatch, ...]:
        """Return the parts of a table's newest version as they lie, memory-mapped."""
        return self._open(self.version(name))

    def files(self, name: str) -> tuple[Path, ...]:
        """Return the files of a table's newest version, as `parts` has their rows."""
        return tuple(path_of(self.home.work / name, part) for part in self.version(name).parts)

    def version(self, name: str) -> Version:
        """Return the record of a table's newest version."""
        if (found := self.known(name)) is None:
            known = ", ".join(self.names()) or "none"
            raise UnknownTable(f"table {name} has not been written; written so far: {known}")
        return found

    def known(self, name: str) -> Version | None:
        """Return the record of a table's newest version, or None if it was never written."""
        try:
            return msgspec.json.decode(self._record_path(name).read_bytes(), type=Version)
        except FileNotFoundError:
            return None

    def names(self) -> tuple[str, ...]:
        """Return the tables written so far, sorted."""
        return tuple(sorted(path.stem for path in self.home.work.glob("*.json")))

    def contract(self, name: str) -> Table:
        """Return the contract that a table was written under."""
        return contract_of(self._open(self.version(name))[0].schema)

    def record_checks(self, name: str, checks: Sequence[Check]) -> None:
        """Attach what the checks found to a table's newest version, in place of what they found before."""
        version = self.version(name)
        passed = all(check.passed or not check.blocking for check in checks)
        sound = version.version if passed else version.sound
        self._write_record(msgspec.structs.replace(version, checks=tuple(checks), sound=sound))

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

    def _put(self, table: Table, old: History | None, change: Change, origin: Origin) -> Version:
        """Write the parts of a history that are new, and tell what changed."""
        (kept, rows), before, folder = change, self.known(table.name), self.home.work / table.name
        leader = self.history(table.follows) if table.follows and self.known(table.follows) else None
        found = amended(old, kept, rows, leader, table.schema_name)
        if found.base is not None or before is None:
            base = rows if found.base is None else found.base
            parts, of_base = [self._write_part(table, base)], generation(base)
        else:
            parts, of_base = [before.parts[0]], before.generation
        if found.delta is not None:
            parts.append(self._write_part(table, found.delta, gone=found.gone))
        count, total = rows.num_rows, columns.digest(rows)
        if old is not None and before is not None:
            lost = old.beyond(kept)
            count += before.rows - lost.num_rows
            total = columns.added(columns.taken_away(before.digest, columns.digest(lost)), total)
        content = hashlib.sha256(b"%b\n%d\n%d" % (msgspec.json.encode(table), count, total)).hexdigest()
        is_news = before is None or content != before.version
        if old is not None and before is not None and is_news:
            Changes(folder).add(before.version, content, kept)
        return self._record(
            Version(
                table.name,
                content,
                count,
                origin.inputs,
                tuple(parts),
                checks=() if before is None or is_news else before.checks,
                recipe=origin.recipe,
                sound="" if before is None else before.sound,
                generation=of_base,
                digest=total,
            )
        )

    def _write_part(self, table: Table, rows: pa.RecordBatch, *, gone: frozenset[str] = frozenset()) -> Part:
        """Write rows with what is to be known of them."""
        told = dict(table.schema().metadata)
        if table.history:
            told[RUNS] = runs(rows).told
        if gone:
            told[SUPERSEDED] = msgspec.json.encode(sorted(gone))
        return write_part(self.home.work / table.name, rows.replace_schema_metadata(told))

    def _versions(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self.version(name).version for name in self.with_what_views_read(names)}

    def _open(self, version: Version) -> tuple[pa.RecordBatch, ...]:
        return tuple(open_part(self.home.work / version.table, part) for part in version.parts)

    def _record_path(self, name: str) -> Path:
        return self.home.work / f"{name}.json"

    def _write_record(self, version: Version) -> None:
        write_atomically(self._record_path(version.table), msgspec.json.encode(version))

    def _record(self, version: Version) -> Version:
        """Make a version the newest, and remove what only older ones were made of."""
        crash.reached("part-written")
        self._write_record(version)
        crash.reached("recorded")
        folder = self.home.work / version.table
        names = {path_of(folder, part).name for part in version.parts} | Changes(folder).sweep(version.version)
        for path in folder.iterdir():
            if path.name not in names:
                path.unlink()
        return version
