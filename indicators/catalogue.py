"""All indicators by id, and the one door through which a caller's parameters become an indicator."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from itertools import pairwise

import msgspec

from indicators import shelf
from indicators.indicator import FAMILIES, BadParameter, Indicator, Parameter, Value, parameters
from indicators.own import FORMULAS
from indicators.profiles import DEFAULT, overrides
from indicators.records import declare
from indicators.splits import SPLITS
from indicators.tables import arithmetic, cycle, momentum, patterns, price, statistics, trend, volatility, volume

_TABLES = {
    "trend": trend.RECORDS,
    "momentum": momentum.RECORDS,
    "volatility": volatility.RECORDS,
    "volume": volume.RECORDS,
    "cycle": cycle.RECORDS,
    "statistics": statistics.RECORDS,
    "price": price.RECORDS,
    "patterns": patterns.RECORDS,
    "math": arithmetic.RECORDS,
}


class UnknownIndicator(LookupError):
    """An id that the catalogue does not have; `near` are ids much like it."""

    def __init__(self, given: str) -> None:
        self.id = given
        self.near = tuple(get_close_matches(given.lower(), _by_id(), n=3))
        hint = f"; did you mean {', '.join(self.near)}?" if self.near else ""
        super().__init__(f"no indicator {given!r} among the {len(_by_id())} of the catalogue{hint}")


@cache
def catalogue() -> tuple[type[Indicator], ...]:
    """Return every indicator, family by family, and the installation's own last."""
    return (*_shipped(), *shelf.held().classes)


@cache
def _shipped() -> tuple[type[Indicator], ...]:
    declared = [
        declare(record, family, SPLITS.get(record.name.lower())) for family in FAMILIES for record in _TABLES[family]
    ]
    return tuple(sorted([*declared, *FORMULAS], key=lambda cls: FAMILIES.index(cls.family)))


def forget() -> None:
    """Look at the installation's own indicators anew."""
    catalogue.cache_clear()
    _by_id.cache_clear()


def declaration(id: str) -> type[Indicator]:  # noqa: A002 - an indicator's id is called id everywhere
    """Return the class of the indicator `id`; raises UnknownIndicator."""
    try:
        return _by_id()[id]
    except KeyError:
        raise UnknownIndicator(id) from None


def build(id: str, given: Mapping[str, str | int | float], profile: str = DEFAULT) -> Indicator:  # noqa: A002
    """Return the indicator `id` with the `given` parameters, by our names or TA-Lib's, numbers also as text.

    What is not given is as the profile has it. Raises UnknownIndicator, BadParameter or UnknownProfile.
    """
    cls = declaration(id)
    known = _names(cls)
    values: dict[str, Value] = {}
    for name, value in given.items():
        if name not in known:
            allowed = ", ".join(field.name for field in parameters(cls)) or "none"
            raise BadParameter(name, value, f"{id} has no such parameter; its parameters: {allowed}")
        converted = _converted(known[name], name, value)
        if values.setdefault(known[name].name, converted) != converted:
            raise BadParameter(name, value, f"{known[name].name} was given twice, with another value")
    for name, text in overrides(id, profile).items():
        values.setdefault(name, msgspec.convert(text, known[name].type, strict=False))
    return _consistent(cls(**values))


@cache
def _by_id() -> dict[str, type[Indicator]]:
    return {cls.id: cls for cls in catalogue()}


@cache
def _names(cls: type[Indicator]) -> dict[str, Parameter]:
    return {name: field for field in parameters(cls) for name in (field.name, *field.aliases)}


def _converted(parameter: Parameter, name: str, value: str | float) -> Value:
    try:
        converted = msgspec.convert(value, parameter.type, strict=False)
    except msgspec.ValidationError as error:
        raise BadParameter(name, value, f"must be {parameter.allowed}") from error
    if not parameter.admits(converted):
        raise BadParameter(name, value, f"must be {parameter.allowed}")
    return converted


def _consistent(indicator: Indicator) -> Indicator:
    for lower, higher in (pair for chain in indicator.ascending for pair in pairwise(chain)):
        if getattr(indicator, lower) >= (ceiling := getattr(indicator, higher)):
            raise BadParameter(lower, getattr(indicator, lower), f"must be below {higher}, which is {ceiling:g}")
    return indicator
