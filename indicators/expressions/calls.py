"""Calls: which argument is which, for the language's functions and for the catalogue's indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicators.bars import SERIES
from indicators.catalogue import UnknownIndicator, build, catalogue, declaration
from indicators.expressions.errors import alike
from indicators.expressions.functions import FUNCTIONS
from indicators.expressions.plans import Series
from indicators.expressions.syntax import Name
from indicators.indicator import BadParameter, Indicator, Parameter, Value, parameters
from indicators.records import LONGEST
from indicators.variants import stored_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicators.expressions.checking import Checker, Typed
    from indicators.expressions.functions import Function, Taken
    from indicators.expressions.plans import Node
    from indicators.expressions.syntax import Call
    from indicators.expressions.syntax import Node as Part

_ALONE = "rank has a meaning in screens alone; percentrank(x, n) places a value among the last n of its symbol"


def function(call: Call, checker: Checker) -> Typed:
    """Return what a call of the language's own function means."""
    called = FUNCTIONS[call.name]
    if called.name == "rank" and not checker.vocabulary.ranks:
        checker.refuse(_ALONE, call.at)
    takes = called.taken(len(call.arguments))
    names = [one.name for one in takes]
    given = _bound(call, names, dict(zip(names, names, strict=True)), called.usage, checker)
    steps = (_taken(one, given.get(one.name), called, call, checker) for one in takes)
    return checker.made(called.makes(*steps), called.gives, call.at)


def indicator(call: Call, checker: Checker) -> tuple[Indicator, Node | None, Node | None]:
    """Return the indicator that a call means, and what it is computed on."""
    cls = _declared(call, checker)
    inputs = [name for name, takes in (("on", cls.takes_on), ("against", cls.takes_against)) if takes]
    own = parameters(cls)
    _refuse_series(cls, call, checker)
    order = [*_leading(call, inputs, checker), *(one.name for one in own)]
    names = {name: one.name for one in own for name in (one.name, *one.aliases)}
    given = _bound(call, order, names | dict(zip(inputs, inputs, strict=True)), _usage(cls, inputs), checker)
    if cls.takes_against and "against" not in given:
        checker.refuse(f"{cls.id} compares with a second series: {_usage(cls, inputs)}", call.at)
    on, against = (checker.values(given[name], over_time=True) if name in given else None for name in ("on", "against"))
    built = _built(cls, {one.name: (one, given[one.name]) for one in own if one.name in given}, call, checker)
    return built, on or (Series("close") if cls.takes_on else None), against


def _declared(call: Call, checker: Checker) -> type[Indicator]:
    try:
        return declaration(call.name)
    except UnknownIndicator:
        if call.name in SERIES or call.name in stored_columns():
            checker.refuse(f"{call.name} is a column and takes no arguments", call.at)
        known = (*FUNCTIONS, *(cls.id for cls in catalogue()))
        checker.refuse(f"no indicator or function is called {call.name!r}", call.at, near=alike(call.name, known))


def _refuse_series(cls: type[Indicator], call: Call, checker: Checker) -> None:
    """Raise an ExpressionError if a call begins with a series, and the indicator's inputs are not the caller's."""
    first = call.arguments[0].value if call.arguments else None
    if first is not None and not cls.takes_on and checker.typed(first).kind != "number":
        checker.refuse(f"{cls.id} has fixed inputs, {', '.join(cls.inputs)}: give its parameters alone", first.at)


def _leading(call: Call, inputs: Sequence[str], checker: Checker) -> list[str]:
    """Return the inputs that a call's first arguments are for: those that change from bar to bar."""
    unnamed = [one.value for one in call.arguments if one.name is None]
    taken: list[str] = []
    for name, part in zip(inputs, unnamed, strict=False):
        if checker.typed(part).kind == "number":
            break
        taken.append(name)
    return taken


def _bound(call: Call, order: Sequence[str], names: Mapping[str, str], usage: str, checker: Checker) -> dict[str, Part]:
    """Return a call's arguments by name: those without one in `order`, the others as `names` says."""
    given: dict[str, Part] = {}
    places = iter(order)
    for argument in call.arguments:
        name = next(places, None) if argument.name is None else names.get(argument.name)
        if name is None and argument.name is None:
            checker.refuse(f"this is more than {call.name} takes: {usage}", argument.at)
        if name is None:
            near = alike(argument.name or "", names)
            checker.refuse(f"{call.name} takes no {argument.name}: {usage}", argument.at, near=near)
        if name in given:
            checker.refuse(f"{name} is given twice: {usage}", argument.at)
        given[name] = argument.value
    return given


def _taken(taken: Taken, part: Part | None, called: Function, call: Call, checker: Checker) -> Node | int:
    """Return a function's argument as the steps or the bars that it stands for."""
    if part is None:
        if taken.default is None:
            checker.refuse(f"{taken.name} is missing: {called.usage}", call.at)
        return taken.default
    if taken.kind == "condition":
        return checker.condition(part)
    if taken.kind == "values":
        return checker.values(part, over_time=called.over_time)
    bars = checker.number(part, taken.name)
    if isinstance(bars, float) or not taken.least <= bars <= LONGEST:
        ahead = ", as nothing looks ahead" if bars < 0 else ""
        checker.refuse(f"{taken.name} is a whole number from {taken.least} to {LONGEST}{ahead}", part.at)
    return bars


def _built(
    cls: type[Indicator], given: Mapping[str, tuple[Parameter, Part]], call: Call, checker: Checker
) -> Indicator:
    values = {name: _value(one, part, checker) for name, (one, part) in given.items()}
    try:
        return build(cls.id, values)
    except BadParameter as ex:
        checker.refuse(str(ex), given[ex.name][1].at if ex.name in given else call.at)


def _value(parameter: Parameter, part: Part, checker: Checker) -> Value:
    if parameter.choices:
        if not isinstance(part, Name) or part.text not in parameter.choices:
            checker.refuse(f"{parameter.name} must be {parameter.allowed}", part.at)
        return part.text
    return checker.number(part, parameter.name)


def _usage(cls: type[Indicator], inputs: Sequence[str]) -> str:
    told = (f"{one.name}={one.default}" for one in parameters(cls))
    return f"{cls.id}({', '.join((*inputs, *told))})"
