"""What other systems call the same indicator, and the defaults that they give it."""

from functools import cache

import msgspec

from indicators import library
from indicators.elsewhere.tables import SYSTEMS, lines
from indicators.indicator import Indicator, Value


class Elsewhere(msgspec.Struct, frozen=True):
    """An indicator's name in another system, with that system's parameters; one without a default must be given."""

    system: str
    name: str
    defaults: dict[str, Value | None]


def elsewhere(cls: type[Indicator]) -> tuple[Elsewhere, ...]:
    """Return where else the indicator is known to exist."""
    return (*_talib(cls), *_known().get(cls.id, ()))


def _talib(cls: type[Indicator]) -> tuple[Elsewhere, ...]:
    name = getattr(cls, "talib", None)
    return () if name is None else (Elsewhere("TA-Lib", name, dict(library.facts(name).defaults)),)


@cache
def _known() -> dict[str, list[Elsewhere]]:
    known: dict[str, list[Elsewhere]] = {}
    for system in SYSTEMS:
        for line in lines(system):
            defaults = {word.name: word.default for word in line.words if word.has_effect}
            known.setdefault(line.id, []).append(Elsewhere(system, line.name, defaults))
    return known
