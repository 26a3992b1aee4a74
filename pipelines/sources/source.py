"""What a source is: it turns symbols and days into requests, and a request into the bytes of one landing file."""

import os
import re
from datetime import date
from typing import Annotated, ClassVar, Protocol
from urllib.parse import quote

import msgspec

from pipelines.sources.client import Client
from pipelines.sources.faults import Stopped

Symbols = tuple[str, ...]
PerMinute = Annotated[int, msgspec.Meta(ge=1)]
Reference = Annotated[str, msgspec.Meta(pattern=r"^env:[A-Za-z_][A-Za-z0-9_]*$")]
"""Where a key is found; keys themselves do not belong into a file."""


class Request(msgspec.Struct, frozen=True):
    """One question to a source, and the landing file that its answer becomes."""

    file: str
    symbol: str | None
    start: date
    end: date


class Source(Protocol):
    """A declared source. Its files are recognised in landing by a mapping of `pipelines.mappings`."""

    name: ClassVar[str]

    @property
    def symbols(self) -> Symbols:
        """Those of the daily fetch."""
        ...

    @property
    def start(self) -> date | None:
        """Where the daily fetch begins while there is nothing."""
        ...

    @property
    def schedule(self) -> str:
        """When the daily fetch is: cron, in `time_zone`."""
        ...

    @property
    def time_zone(self) -> str:
        """The zone of the schedule."""
        ...

    @property
    def per_minute(self) -> int:
        """Requests a minute, at most."""
        ...

    def requests(self, symbols: Symbols, start: date, end: date) -> list[Request]:
        """Return the questions that bring the symbols' bars from `start` to `end`, both included."""
        ...

    def ask(self, request: Request, client: Client) -> bytes:
        """Return the answer's bytes as they came.

        Raises:
            Transient, Refused, Stopped: by what would help.
        """
        ...


def by_symbol(name: str, symbols: Symbols, start: date, end: date) -> list[Request]:
    """Return a request for each symbol, whose file's name tells the source, the symbol and the days."""
    return [Request(f"{name}--{quote(symbol, safe='')}--{start}--{end}.csv", symbol, start, end) for symbol in symbols]


def secret(reference: str) -> str:
    """Return what an `env:NAME` reference names.

    Raises:
        Stopped: the environment has no such variable, or an empty one.
    """
    name = re.sub("^env:", "", reference)
    value = os.environ.get(name, "")
    if not value:
        raise Stopped(f"the environment has no {name}, which {reference!r} refers to")
    return value
