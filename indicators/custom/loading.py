"""From files to indicators: in the order in which they need one another, each tried before the next."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import msgspec

from indicators.bars import SERIES
from indicators.catalogue import UnknownIndicator, build, declaration
from indicators.custom import python
from indicators.custom.declaration import Declaration, ParameterText, read
from indicators.custom.declared import INPUTS, Declared, declare
from indicators.custom.errors import BadFormula
from indicators.custom.laws import broken
from indicators.expressions.errors import ExpressionError
from indicators.expressions.functions import FUNCTIONS
from indicators.expressions.parsing import parse
from indicators.expressions.syntax import called
from indicators.indicator import BadParameter, Indicator
from indicators.shelf import Own, definition
from indicators.variants import stored_columns

MOST_NESTED = 8
MOST_WEIGHT = 20_000
"""Of a bar; a kernel of TA-Lib weighs 10 or so, one that loops in Python some hundred."""
LONGEST_WARM_UP = 10_000  # bars
# What routes, tables and the language call otherwise.
_TAKEN = frozenset(
    {
        *SERIES,
        *INPUTS,
        "and",
        "or",
        "not",
        "date",
        "symbol",
        "id",
        "params",
        "interval",
        "adjust",
        "start",
        "end",
        "limit",
    }
    | {"cursor", "snapshot", "profile", "include_noncausal", "format", "dry_run", "columns", "split_factor"}
    | {"split_div_factor", "first_session", "sessions", "is_partial"}
)


def load(files: Mapping[str, str], join: Callable[[Own], None]) -> None:
    """Load the indicators of some files, texts by name, and join each to the catalogue as soon as it is sound.

    Raises BadFormula.
    """
    own = Own()
    for name, text in files.items():
        if name.endswith(".py"):
            own = _with_python(name, text, own)
            join(own)
    for each in _ordered([read(name, text) for name, text in files.items() if name.endswith(".toml")]):
        own = _with(each, own, join)
        join(own)


def _ordered(declared: list[Declaration]) -> Iterator[Declaration]:
    """Return declarations, those that others are made of first."""
    by_id: dict[str, Declaration] = {}
    for each in declared:
        if (other := by_id.setdefault(each.indicator.id, each)) is not each:
            raise each.refused("id", f"{each.indicator.id} is declared in {other.file}, too; an id is given once")
    needs = {id_: _needed(each) & by_id.keys() for id_, each in by_id.items()}
    try:
        order = tuple(TopologicalSorter(needs).static_order())
    except CycleError as ex:
        cycle = ex.args[1]
        raise by_id[cycle[0]].refused("outputs[0].expression", f"a cycle: {' needs '.join(reversed(cycle))}") from ex
    depth: dict[str, int] = {}
    for id_ in order:
        depth[id_] = 1 + max((depth[one] for one in needs[id_]), default=0)
        if depth[id_] > MOST_NESTED:
            raise by_id[id_].refused("id", f"formulas made of formulas are nested deeper than {MOST_NESTED}")
        yield by_id[id_]


def _needed(each: Declaration) -> set[str]:
    names: set[str] = set()
    for at, output in enumerate(each.indicator.outputs):
        try:
            names |= set(called(parse(output.expression)))
        except ExpressionError as ex:
            raise each.refused(f"outputs[{at}].expression", str(ex)) from ex
    return names


def _with(each: Declaration, own: Own, join: Callable[[Own], None]) -> Own:
    """Return what is held with one declared indicator more."""
    told = each.indicator
    _check_names(each)
    for name, parameter in told.parameters.items():
        if reason := _mistaken(parameter):
            raise each.refused(f"parameters.{name}", reason)
    try:
        cls = declare(told)
    except ExpressionError as ex:
        at = [one.expression for one in told.outputs].index(ex.text)
        raise each.refused(f"outputs[{at}].expression", str(ex)) from ex
    if not cls.inputs:
        raise each.refused("outputs[0].expression", "it is the same on all bars; a series has to be in it")
    _check_corners(each, cls)
    made_of = "\n".join([*cls.expressions, *(one.name for one in cls.outputs), *map(definition, sorted(_needed(each)))])
    grown = _grown(own, [cls], (), made_of)
    join(grown)
    return msgspec.structs.replace(grown, stored=(*own.stored, *_stored(each, cls)))


def _check_names(each: Declaration) -> None:
    told = each.indicator
    if reason := _is_taken(told.id):
        raise each.refused("id", reason)
    for name in told.parameters:
        if name in _TAKEN or name in FUNCTIONS or name in stored_columns():
            raise each.refused(f"parameters.{name}", f"{name} has a meaning of its own; call the parameter otherwise")
    names = [one.name or told.id for one in told.outputs]
    for at, name in enumerate(names):
        if name in names[:at] or name == "date":
            raise each.refused(f"outputs[{at}]", f"an output is called {name!r} by now; give this a `name` of its own")
    for name in told.ascending:
        if name not in told.parameters:
            raise each.refused("ascending", f"there is no parameter {name!r}: {', '.join(told.parameters) or 'none'}")


def _is_taken(id_: str) -> str | None:
    if id_ in _TAKEN or id_ in FUNCTIONS or id_ in stored_columns():
        return f"{id_} has a meaning of its own; choose another id"
    try:
        return f"{id_} is in the catalogue ({declaration(id_).title}); choose another id"
    except UnknownIndicator:
        return None


def _mistaken(told: ParameterText) -> str | None:
    if not told.minimum <= told.default <= told.maximum:
        return f"default {told.default} does not lie from {told.minimum} to {told.maximum}"
    if told.type == "integer" and any(one != int(one) for one in (told.default, told.minimum, told.maximum)):
        return "an integer's default and bounds are whole numbers"
    return None


def _check_corners(each: Declaration, cls: type[Declared]) -> None:
    """Raise BadFormula unless all bounds of the parameters are allowed inside, and the laws hold there."""
    told = each.indicator
    for name, values in _corners(each):
        if any(values[low] >= values[high] for low, high in pairwise(told.ascending)):
            continue
        indicator, place = cls(**values), f"parameters.{name}" if name else "id"
        given = ", ".join(f"{one} {value}" for one, value in values.items()) or "its defaults"
        try:
            if (long := indicator.lookback()) > LONGEST_WARM_UP:
                raise each.refused(place, f"with {given} it warms up for {long} bars; allowed: {LONGEST_WARM_UP}")
            if (weight := indicator.weight()) > MOST_WEIGHT:
                raise each.refused(place, f"with {given} a bar costs {weight}; allowed: {MOST_WEIGHT}")
            if (fault := broken(indicator)) is not None:
                raise each.refused(place, f"with {given}: {fault}")
        except ExpressionError as ex:
            raise each.refused(place, f"with {given} it is not allowed: {ex}") from ex


def _corners(each: Declaration) -> Iterator[tuple[str | None, dict[str, int | float]]]:
    """Return the defaults, and each parameter's bounds with the other defaults; with what was moved."""
    usual = {name: one.default for name, one in each.indicator.parameters.items()}
    yield None, usual
    for name, one in each.indicator.parameters.items():
        yield name, {**usual, name: one.minimum}
        yield name, {**usual, name: one.maximum}


def _stored(each: Declaration, cls: type[Indicator]) -> Iterator[Indicator]:
    told = each.indicator
    wanted = [
        *([("stored", {})] if told.stored else []),
        *((f"variants[{at}]", one) for at, one in enumerate(told.variants)),
    ]
    for place, given in wanted:
        if cls.takes_against:
            raise each.refused(place, "an indicator of two symbols is computed when it is asked for, and never stored")
        try:
            indicator = build(told.id, given)
        except BadParameter as ex:
            raise each.refused(place, str(ex)) from ex
        if taken := [name for name in indicator.column_names() if name in stored_columns() or name in _TAKEN]:
            raise each.refused(place, f"there is a column {taken[0]} already; call the indicator otherwise")
        yield indicator


def _with_python(file: str, text: str, own: Own) -> Own:
    classes, stored = python.read(file, text)
    for cls in classes:
        if reason := _is_taken(cls.id):
            raise BadFormula(file, 1, reason)
    for each in (*(cls() for cls in classes), *stored):
        if fault := python.tried(file, lambda each=each: broken(each)):
            raise BadFormula(file, 1, f"{each.id}: {fault}")
    return _grown(own, classes, stored, text)


def _grown(own: Own, classes: Iterable[type[Indicator]], stored: Iterable[Indicator], made_of: str) -> Own:
    classes = tuple(classes)
    digest = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    made = {cls.id: digest for cls in classes}
    return Own((*own.classes, *classes), (*own.stored, *stored), {**own.definitions, **made})
