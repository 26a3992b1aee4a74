"""The installation's own indicators, beside the catalogue's: put here once, when a process starts."""

import msgspec

from indicators.indicator import Indicator


class Own(msgspec.Struct, frozen=True):
    """An installation's own indicators, which of them are stored, and what each was made from, as a hash."""

    classes: tuple[type[Indicator], ...] = ()
    stored: tuple[Indicator, ...] = ()
    definitions: dict[str, str] = {}


class _Shelf:
    """Holds them; nothing else in this room has a state."""

    held = Own()


def put(own: Own) -> None:
    """Put an installation's indicators in the place of those held so far."""
    _Shelf.held = own


def held() -> Own:
    """Return what is held."""
    return _Shelf.held


def definition(id: str) -> str:  # noqa: A002 - an indicator's id is called id everywhere
    """Return the hash of what an own indicator was made from; empty for the catalogue's, which have versions."""
    return _Shelf.held.definitions.get(id, "")
