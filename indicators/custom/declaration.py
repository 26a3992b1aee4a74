"""A file that declares an indicator: its members, and the lines that they stand on."""

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from indicators.custom.errors import BadFormula

Word = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Told = Annotated[str, Meta(min_length=1, max_length=300)]
_TABLE = re.compile(r"\s*\[(?P<array>\[)?\s*(?P<name>[^\]]+?)\s*\]")
_MEMBER = re.compile(r"\s*(?P<name>[A-Za-z_][\w]*)\s*=")
_LINE = re.compile(r"\(at line (\d+)")
_PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(?P<place>[^`]*)`$")
_FIELD = re.compile(r"field `(?P<name>[^`]*)`")


class ParameterText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parameter: a number within bounds, both of which are allowed."""

    type: Literal["integer", "number"]
    default: int | float
    minimum: int | float
    maximum: int | float
    description: Told


class OutputText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An output: an expression over the parameters; a single one bears the indicator's id unless it is named."""

    expression: str
    unit: Told
    description: Told
    name: Word | None = None
    minimum: float | None = None
    maximum: float | None = None


class IndicatorText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An indicator: `variants` are the parameters it is stored with, `stored` says that the defaults are one."""

    id: Word
    title: Told
    meaning: Told
    outputs: Annotated[tuple[OutputText, ...], Meta(min_length=1, max_length=10)]
    parameters: Annotated[dict[Word, ParameterText], Meta(max_length=8)] = {}
    ascending: tuple[str, ...] = ()
    source: Told | None = None
    stored: bool = False
    variants: Annotated[tuple[dict[str, int | float], ...], Meta(max_length=20)] = ()


class Declaration(msgspec.Struct, frozen=True):
    """A declared indicator and the file it stands in."""

    file: str
    text: str
    indicator: IndicatorText

    def refused(self, place: str, reason: str) -> BadFormula:
        """Return the error of a member, named as `outputs[0].expression`."""
        return BadFormula(self.file, line_of(self.text, place), reason)


def read(file: str, text: str) -> Declaration:
    """Return what a TOML file declares; raises BadFormula."""
    try:
        members = tomllib.loads(text)
    except tomllib.TOMLDecodeError as ex:
        found = _LINE.search(str(ex))
        raise BadFormula(file, int(found[1]) if found else 1, f"this is not TOML: {ex}") from ex
    try:
        return Declaration(file, text, msgspec.convert(members, IndicatorText))
    except msgspec.ValidationError as ex:
        place, message = _place(str(ex)), str(ex)
        if place.startswith("parameters[...]"):  # msgspec tells no key
            place = place.replace("[...]", f".{_mistaken(members['parameters'])}")
        raise BadFormula(file, line_of(text, place), _allowed(message)) from ex


def _mistaken(members: Mapping[str, object]) -> str:
    """Return the name of the first parameter that can't be read."""
    for name, told in members.items():
        try:
            msgspec.convert({name: told}, dict[Word, ParameterText])
        except msgspec.ValidationError:
            return name
    raise ValueError("all parameters can be read")


def line_of(text: str, place: str) -> int:
    """Return the line of a member, or of the nearest table above it; 1 where neither is written out."""
    return next((_lines(text)[part] for part in _above(place) if part in _lines(text)), 1)


def _above(place: str) -> list[str]:
    """Return a member's name and those of what it stands in, the nearest first."""
    parts = re.split(r"\.|(?=\[)", place)
    names = (".".join(parts[:count]).replace(".[", "[") for count in range(len(parts), 0, -1))
    return list(names)


def _lines(text: str) -> Mapping[str, int]:
    """Return the line of every table and member, as far as they are written one to a line."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = header["name"]
            if header["array"]:
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            found.setdefault(table, number)
        elif member := _MEMBER.match(line):
            found.setdefault(f"{table}.{member['name']}" if table else member["name"], number)
    return found


def _place(message: str) -> str:
    """Return the member that msgspec speaks of."""
    place, field = _PLACE.search(message), _FIELD.search(message)
    return ".".join(part for part in (place and place["place"], field and field["name"]) if part)


def _allowed(message: str) -> str:
    """Return msgspec's words with what is allowed beside what is unknown."""
    place = _place(message)
    if "unknown field" not in message:
        return message.replace("`$.", "`")
    kinds: Mapping[str, Any] = {"outputs": OutputText, "parameters": ParameterText}
    kind = kinds.get(re.split(r"[.\[]", place)[0], IndicatorText)
    return f"nothing is called {place!r} here; allowed: {', '.join(kind.__struct_fields__)}"
