"""`KALPI_HOME/pipeline.toml`: what people declare about their data; without the file the defaults hold."""

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import msgspec

from pipelines.calendar import EXCHANGE, WEEKDAYS
from pipelines.mappings import BUILT_IN, PLAIN, Mapping
from pipelines.sources.declared import Sources
from pipelines.synthetic import PREFIX
from warehouse.home import Home

FILE = "pipeline.toml"
INVENTED = {f"{PREFIX}[0-9][0-9][0-9][0-9]*": WEEKDAYS}  # the synthetic universe trades Mondays to Fridays


class BadDeclaration(ValueError):
    """The file can't be understood; the message says where and what is allowed."""


class Calendars(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which exchange's calendar holds for which symbols; the first pattern that matches is used."""

    default: str = EXCHANGE
    symbols: dict[str, str] = {}
    ends: date | None = None
    """The last session of data that is meant to end there; it says nothing any more once a newer bar has come."""

    def of(self, symbol: str) -> str:
        """Return the name of a symbol's calendar."""
        patterns = {**self.symbols, **INVENTED}
        return next((name for pattern, name in patterns.items() if fnmatchcase(symbol, pattern)), self.default)

    def groups(self, symbols: Iterable[str]) -> dict[str, list[str]]:
        """Return the symbols of each calendar."""
        found: dict[str, list[str]] = {}
        for symbol in symbols:
            found.setdefault(self.of(symbol), []).append(symbol)
        return found


class Universe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The symbols that are wanted; without a list every symbol is."""

    symbols: tuple[str, ...] | None = None
    others: Literal["quarantine", "skip"] = "quarantine"  # skipped rows are counted and not kept

    @property
    def members(self) -> list[str] | None:
        """The wanted symbols, or None for all."""
        return None if self.symbols is None else list(self.symbols)


class Declaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    landing: tuple[Mapping, ...] = ()
    calendars: Calendars = Calendars()
    universe: Universe = Universe()
    sources: Sources = Sources()

    def mapping_for(self, file: str) -> Mapping | None:
        """Return the first mapping whose `files` match a file's name: those declared, then those built in."""
        found = (each for each in (*self.landing, *BUILT_IN) if each.files and fnmatchcase(file, each.files))
        return next(found, None)

    def recognised(self, names: frozenset[str]) -> Mapping:
        """Return the built-in mapping that knows a header, else the one for files in our own words."""
        return next((each for each in BUILT_IN if each.header and names >= set(each.header)), PLAIN)


def load(home: Home) -> Declaration:
    """Return what is declared for a home.

    Raises:
        BadDeclaration: the file is no TOML, or says something that nothing knows.
    """
    path = home.root / FILE
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Declaration)
    except FileNotFoundError:
        return Declaration()
    except msgspec.DecodeError as ex:
        raise BadDeclaration(f"{path}: {ex}") from ex


def path_of(home: Home) -> Path:
    """Return where a home's declaration lies, if it has one."""
    return home.root / FILE
