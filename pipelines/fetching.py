"""Fetching: a source's answers put into landing as they came, each once, with a record of when and what.

`raw/fetched/<file>.json` says that an answer has landed; a fetch that was cut off goes on after the last of them.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa

from pipelines import declaration, delivery
from pipelines.calendar import calendar
from pipelines.decoder import Decoder
from pipelines.sources.client import Client
from pipelines.sources.faults import Refused, Stopped
from pipelines.sources.source import Request, Source
from warehouse.contracts import DAILY_BARS
from warehouse.files import write_atomically
from warehouse.home import Home
from warehouse.work import UnknownTable, WorkStore

Progress = Callable[[str, int, int], None]


class Fetched(msgspec.Struct, frozen=True):
    """An answer: where it is from, when it came, the hash of its bytes, and the bytes."""

    source: str
    request: Request
    fetched_at: datetime
    sha256: str
    content: bytes

    def table(self) -> pa.Table:
        """Return the bars that were asked for, in the columns of `raw.bars` but its batch."""
        with tempfile.TemporaryDirectory() as folder, Decoder(Path(folder) / "decoding") as decoder:
            path = Path(folder) / self.request.file
            path.write_bytes(self.content)
            planned = delivery.plan(path, declaration.Declaration(), decoder)
            parts = {part.kind: part.frame for part in delivery.read(path, planned, decoder).parts}
        bars = parts["bars"].drop(delivery.UNREADABLE)
        return bars.filter(pl.col("date").is_between(self.request.start, self.request.end)).to_arrow()


class Record(msgspec.Struct, frozen=True):
    """That an answer has been put into landing."""

    source: str
    file: str
    symbol: str | None
    start: date
    end: date
    fetched_at: datetime
    sha256: str
    bytes: int


class Outcome(msgspec.Struct, frozen=True):
    """What became of a fetch: the landing files, the requests done before, and those that the source refused."""

    landed: tuple[Path, ...] = ()
    before: int = 0
    refused: dict[str, str] = {}


def fetch(
    source: Source, symbols: Sequence[str], start: date, end: date, *, client: Client | None = None
) -> Iterator[Fetched]:
    """Yield a source's answers for the symbols' bars from `start` to `end`, both included.

    Raises:
        Refused: the source does not have what is asked for.
        Stopped: it will not answer.
    """
    client = client or Client(source.per_minute)
    for request in source.requests(tuple(symbols), start, end):
        yield _ask(source, request, client)


def deliver(
    home: Home,
    source: Source,
    requests: Sequence[Request],
    *,
    client: Client | None = None,
    progress: Progress = lambda *_: None,
    again: bool = False,
) -> Outcome:
    """Put a source's answers into landing; `progress` hears the file, how many are done, and of how many.

    Raises:
        Stopped: the source will not answer; what came before lies in landing, and the next fetch goes on from there.
    """
    client = client or Client(source.per_minute)
    landed: list[Path] = []
    before, refused = 0, {}
    for done, request in enumerate(requests):
        progress(request.file, done, len(requests))
        if not again and record_of(home, request.file):
            before += 1
            continue
        try:
            landed.append(_land(home, _ask(source, request, client)))
        except Refused as ex:
            refused[request.symbol or request.file] = str(ex)
    return Outcome(tuple(landed), before, refused)


def record_of(home: Home, file: str) -> Record | None:
    """Return the record of an answer that has landed under a name."""
    try:
        return msgspec.json.decode(_record_path(home, file).read_bytes(), type=Record)
    except FileNotFoundError:
        return None


def due(home: Home, source: Source, *, now: datetime) -> list[Request]:
    """Return the requests for what a source's symbols lack up to the last session that has ended.

    Raises:
        Stopped: there is nothing yet to go on from, and the declaration names no `start`.
    """
    end = _last_ended(now)
    newest = _newest(home)
    found: list[Request] = []
    for symbol in source.symbols or (None,):
        last = newest.get(symbol) if symbol else max(newest.values(), default=None)
        start = last + timedelta(days=1) if last else source.start
        if start is None:
            raise Stopped(f"there is no bar of {symbol or source.name} yet: declare a start in [sources.{source.name}]")
        if start <= end:
            found += source.requests((symbol,) if symbol else (), start, end)
    return found


def _last_ended(now: datetime) -> date:
    known = calendar()
    last = known.before(now.date() + timedelta(days=1))
    return last if known.close(last) <= now else known.before(last)


def _newest(home: Home) -> dict[str, date]:
    try:
        bars = pl.DataFrame(pl.from_arrow(WorkStore(home).read(DAILY_BARS.name).select(["symbol", "date"])))
    except UnknownTable:
        return {}
    return dict(bars.group_by(pl.col("symbol").cast(pl.String)).agg(pl.col("date").max()).iter_rows())


def _ask(source: Source, request: Request, client: Client) -> Fetched:
    content = client.patiently(lambda: source.ask(request, client))
    return Fetched(source.name, request, datetime.now(UTC), hashlib.sha256(content).hexdigest(), content)


def _land(home: Home, fetched: Fetched) -> Path:
    home.landing.mkdir(parents=True, exist_ok=True)
    request = fetched.request
    draft = home.landing / f".{request.file}.{os.getpid()}.part"
    draft.write_bytes(fetched.content)
    target = draft.replace(home.landing / request.file)
    made = Record(
        fetched.source,
        request.file,
        request.symbol,
        request.start,
        request.end,
        fetched.fetched_at,
        fetched.sha256,
        len(fetched.content),
    )
    path = _record_path(home, request.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, msgspec.json.encode(made))
    return target


def _record_path(home: Home, file: str) -> Path:
    return home.raw / "fetched" / f"{file}.json"
