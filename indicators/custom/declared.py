"""The class of an indicator declared by expressions: plans in the place of a kernel."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Annotated, ClassVar, cast

import msgspec
import numpy as np

from indicators.bars import Array, parts, series
from indicators.custom.declaration import IndicatorText
from indicators.expressions.checking import Vocabulary, check
from indicators.expressions.costs import weight_of
from indicators.expressions.evaluation import Days, Evaluation, Source
from indicators.expressions.plans import Computed, Node, Plan, Series, lookback, memory, steps
from indicators.indicator import Indicator, Output

_TYPES = {"integer": int, "number": float}
BARS = ("open", "high", "low", "close", "volume")
INPUTS = ("on", "against")


class Declared(Indicator, frozen=True):
    """An indicator whose outputs are expressions over its parameters, `on` and `against`."""

    formula: ClassVar[str]
    expressions: ClassVar[tuple[str, ...]]

    def plans(self) -> tuple[Plan, ...]:
        """Return what the outputs' expressions mean with these parameters; raises ExpressionError."""
        return _plans(self)

    def lookback(self) -> int:
        """Return the bars that every part of every output needs."""
        return max(lookback(plan.node) for plan in self.plans())

    def weight(self) -> int:
        """Return the weight of a bar, of all steps of all outputs."""
        return sum(weight_of(each) for each in {one for plan in self.plans() for one in steps(plan.node)})

    def kernel(self) -> Callable:
        """Return the function of the inputs that runs the plans, blank in the warm-up."""
        nodes = [plan.node for plan in self.plans()]
        return partial(_computed, nodes, type(self).inputs, self.lookback())


class _Inputs:
    """The arrays that a kernel is called with, as a source of series."""

    def __init__(self, arrays: Mapping[str, Array], length: int) -> None:
        self._arrays, self._length = arrays, length

    def __len__(self) -> int:
        return self._length

    def series(self, name: str) -> Array:
        return self._arrays[name] if name in self._arrays else series(name, self._arrays.__getitem__)

    def stored(self, column: str) -> Array:
        raise LookupError(f"a formula is computed, and {column} is stored")

    def days(self) -> Days:
        return np.arange(self._length, dtype=np.int32)

    def other(self, symbol: str) -> Source:
        raise LookupError(f"a formula sees one symbol, and {symbol} is another")


def declare(told: IndicatorText) -> type[Declared]:
    """Make the class of a declaration; raises ExpressionError for an expression, with the defaults."""
    fields = [
        (
            name,
            Annotated[
                _TYPES[one.type],  # ty: ignore[invalid-type-form] # made at run time
                msgspec.Meta(ge=one.minimum, le=one.maximum, description=one.description),
            ],
            _TYPES[one.type](one.default),
        )
        for name, one in told.parameters.items()
    ]
    plans = [
        _check(one.expression, {name: one.default for name, one in told.parameters.items()}) for one in told.outputs
    ]
    inputs = _inputs(plans)
    names = [one.name or told.id for one in told.outputs]
    facts = {
        "__doc__": told.meaning,
        "id": told.id,
        "title": told.title,
        "meaning": told.meaning,
        "formula": "; ".join(f"{name} = {one.expression}" for name, one in zip(names, told.outputs, strict=True)),
        "source": told.source or "declared in this installation",
        "family": "custom",
        "inputs": inputs,
        "takes_on": "on" in inputs,
        "takes_against": "against" in inputs,
        "outputs": tuple(
            Output(name, one.unit, one.description, one.minimum, one.maximum)
            for name, one in zip(names, told.outputs, strict=True)
        ),
        "memory": memory(plan.node for plan in plans),
        "ascending": (told.ascending,) if told.ascending else (),
        "undefined_at_times": True,
        "expressions": tuple(one.expression for one in told.outputs),
    }
    name = told.id.title().replace("_", "")
    return cast(
        "type[Declared]",
        msgspec.defstruct(name, fields, bases=(Declared,), namespace=facts, module=__name__, frozen=True),
    )


@lru_cache(maxsize=4096)
def _plans(indicator: Declared) -> tuple[Plan, ...]:
    given = cast("dict[str, int | float]", indicator.params())
    return tuple(_check(text, given) for text in type(indicator).expressions)


def _check(text: str, numbers: Mapping[str, int | float]) -> Plan:
    return check(text, Vocabulary(numbers=numbers, inputs=INPUTS))


def _inputs(plans: list[Plan]) -> tuple[str, ...]:
    """Return the inputs that some plans read: parts of the bars, then `on` and `against`."""
    read = {name for plan in plans for each in steps(plan.node) for name in _read(each)}
    return tuple(name for name in (*BARS, *INPUTS) if name in read)


def _read(node: Node) -> Iterator[str]:
    match node:
        case Series(name):
            yield from (name,) if name in INPUTS else parts(name)
        case Computed(indicator):
            yield from (name for name in indicator.inputs if name not in INPUTS)


def _computed(nodes: list[Node], inputs: tuple[str, ...], warm_up: int, *arrays: Array) -> tuple[Array, ...] | Array:
    evaluation = Evaluation(_Inputs(dict(zip(inputs, arrays, strict=True)), len(arrays[0])))
    columns = tuple(np.array(evaluation.values(node)) for node in nodes)  # copies, as they are blanked
    for column in columns:
        column[:warm_up] = np.nan
    return columns if len(columns) > 1 else columns[0]
