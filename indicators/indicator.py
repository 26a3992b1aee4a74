"""What an indicator is: a frozen struct whose fields are its parameters and whose class says all the rest."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Literal, get_args, get_origin

import msgspec
import numpy as np

from indicators.bars import Array, Bars

Number = int | float
Value = Number | str
Family = Literal[
    "trend", "momentum", "volatility", "volume", "cycle", "statistics", "price", "patterns", "math", "custom"
]
Memory = Literal["window", "convergent", "anchored"]
CUSTOM: Family = "custom"  # an installation's own
FAMILIES: tuple[Family, ...] = tuple(one for one in get_args(Family) if one != CUSTOM)
FLOAT = np.dtype(np.float64)
CONVENTION = "convention"  # the mark of a parameter's annotation


class Output(msgspec.Struct, frozen=True):
    """One column that an indicator gives; the bounds are those its formula guarantees.

    `causal`: no value depends on a later bar. `repaints`: a value once told may change when later bars come.
    """

    name: str
    unit: str
    description: str
    minimum: float | None = None
    maximum: float | None = None
    causal: bool = True
    repaints: bool = False


class Hindsight(msgspec.Struct, frozen=True):
    """Outputs that stand on bars before they were known, by a function of the indicator, the bars and `on`.

    They are kept apart from an indicator's own outputs, so nothing stores, screens or combines them by mistake.
    """

    outputs: tuple[Output, ...]
    function: Callable[[Any, Bars, str], tuple[Array, ...]]


class Indicator(msgspec.Struct, frozen=True):
    """One indicator with its parameters: equal parameters make equal, equally hashing instances.

    `memory` says what a value depends on: the last `lookback() + 1` bars ("window"), all bars with a weight that fades
    ("convergent"), or the first bar for ever ("anchored"); where parameters change that, the class tells of the
    defaults. `inputs` names series; "on" is the one the caller chooses, "against" the same series of another symbol.
    `outputs` are known on their own bar; what is not is in `hindsight`. `drawn` says how many bars ahead of the bar
    that it is computed on an output stands, behind it where negative; one that is not named stands on that bar.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    meaning: ClassVar[str]
    family: ClassVar[Family]
    inputs: ClassVar[tuple[str, ...]]
    outputs: ClassVar[tuple[Output, ...]]
    source: ClassVar[str]
    memory: ClassVar[Memory]
    hindsight: ClassVar[Hindsight | None] = None
    drawn: ClassVar[Mapping[str, Callable[[Any], int]]] = {}
    ascending: ClassVar[tuple[tuple[str, ...], ...]] = ()  # parameters whose values must strictly rise in these orders
    aliases: ClassVar[Mapping[str, str]] = {}  # TA-Lib's parameter name -> ours
    undefined_at_times: ClassVar[bool] = False  # a value after the warm-up may be NaN or infinite in the kernel
    takes_on: ClassVar[bool] = False  # "on" is among the inputs
    takes_against: ClassVar[bool] = False  # "against" is among the inputs: never stored, never computed by the panel

    def lookback(self) -> int:
        """Return the number of leading bars without a value."""
        raise NotImplementedError

    def kernel(self) -> Callable:
        """Return the function of the input arrays, in the order of `inputs`, with the parameters bound."""
        raise NotImplementedError

    def params(self) -> dict[str, Value]:
        """Return the parameters by name."""
        return msgspec.structs.asdict(self)

    def column_names(self) -> tuple[str, ...]:
        """Return the stored names: `rsi_14`, `macd_12_26_9_signal`, `obv`, `rsi_14_smoothing_ema`.

        A convention stands in the name, with its own, only where it is not the default.
        """
        told = ((one, getattr(self, one.name)) for one in parameters(type(self)))
        base = "_".join((self.id, *(part for one, value in told for part in _parts(one, value))))
        if len(self.outputs) == 1:
            return (base,)
        return tuple(base if output.name == self.id else f"{base}_{output.name}" for output in self.outputs)

    def display_shifts(self) -> dict[str, int]:
        """Return by output how many bars ahead of the bar that it is computed on a value stands."""
        named = (*self.outputs, *(self.hindsight.outputs if self.hindsight else ()))
        return {one.name: self.drawn[one.name](self) if one.name in self.drawn else 0 for one in named}

    def compute_hindsight(self, bars: Bars, on: str = "close") -> tuple[Array, ...]:
        """Return one column per output that is known only later, NaN where it is not known yet.

        Raises BadParameter when `on` is given to an indicator that does not take it.
        """
        self._check_on(on)
        return () if self.hindsight is None else self.hindsight.function(self, bars, on)

    def compute(self, bars: Bars, on: str = "close", against: Array | None = None) -> tuple[Array, ...]:
        """Return one float64 column per output, aligned with the bars: NaN where there is no value, never infinite.

        `against` is the other symbol's series on the bars' own dates, one value a bar, without NaN.
        Raises BadParameter when `on` or `against` is given to an indicator that does not take it or `against` lacks,
        UnknownSeries when there is none such, ValueError when `against` does not fit the bars.
        """
        self._check_on(on)
        other = self._checked(against, bars)
        arrays = [other if name == "against" else bars.series(on if name == "on" else name) for name in self.inputs]
        return self.columns(arrays)  # ty: ignore[invalid-argument-type] # `other` is there where it is an input

    def columns(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """Return one column per output, of inputs in the order of `inputs`, of one length and without NaN."""
        lookback, length = self.lookback(), len(arrays[0])
        if length <= lookback:  # no kernel need cope with too few bars
            return tuple(np.full(length, np.nan) for _ in self.outputs)
        columns = self.kernel()(*arrays)
        return tuple(self.settled(column, lookback) for column in (columns if type(columns) is tuple else (columns,)))

    def _check_on(self, on: str) -> None:
        if on != "close" and not self.takes_on:
            raise BadParameter("on", on, f"{self.id} has fixed inputs ({', '.join(self.inputs)}) and takes no `on`")

    def _checked(self, against: Array | None, bars: Bars) -> Array | None:
        """Return the other symbol's series once it is sure to be needed and to fit."""
        if self.takes_against and against is None:
            raise BadParameter("against", None, f"{self.id} compares with a second symbol: name one")
        if against is None:
            return None
        if not self.takes_against:
            raise BadParameter("against", "a series", f"{self.id} looks at one symbol and takes no `against`")
        if against.dtype != FLOAT or against.shape != bars.close.shape:
            raise ValueError("against is a float64 array with one value a bar")
        return against

    def settled(self, column: Array, lookback: int) -> Array:
        """Return the kernel's column as float64 with NaN for every 'no value'."""
        if column.dtype != FLOAT:  # TA-Lib's integers are 0 in the warm-up
            column = column.astype(FLOAT)
            column[:lookback] = np.nan
        if self.undefined_at_times:
            column[~np.isfinite(column)] = np.nan
        return column


class BadParameter(ValueError):
    """A parameter that an indicator does not have, or a value outside of what it allows."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{name}={value!r}: {allowed}")
        self.name, self.value, self.allowed = name, value, allowed


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of an indicator, as the catalogue shows it: a number within bounds, or one of some words.

    A convention says which of the definitions in use is meant; nearly everyone leaves it at its default.
    """

    name: str
    type: type[int] | type[float] | type[str]
    default: Value
    minimum: Number | None
    maximum: Number | None
    description: str
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    convention: bool = False

    def admits(self, value: Value) -> bool:
        """Say whether a value of the right type is allowed."""
        if isinstance(value, str) or self.minimum is None or self.maximum is None:
            return value in self.choices
        return self.minimum <= value <= self.maximum  # false for NaN, too

    @property
    def allowed(self) -> str:
        """Say in words which values are allowed."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        kind = "a whole number" if self.type is int else "a number"
        return f"{kind} from {self.minimum:g} to {self.maximum:g}"


@cache
def parameters(cls: type[Indicator]) -> tuple[Parameter, ...]:
    """Return the parameters that `cls` declares, in the order of its fields."""
    return tuple(_parameter(cls, field) for field in msgspec.structs.fields(cls))


def _parameter(cls: type[Indicator], field: msgspec.structs.FieldInfo) -> Parameter:
    if get_origin(field.type) is None and not hasattr(field.type, "__metadata__"):
        raise TypeError(f"{cls.id}.{field.name} lacks its bounds")
    kind, meta = get_args(field.type)
    choices = get_args(kind)  # of a Literal
    return Parameter(
        name=field.name,
        type=str if choices else kind,
        default=field.default,
        minimum=meta.ge,
        maximum=meta.le,
        description=meta.description,
        aliases=tuple(theirs for theirs, ours in cls.aliases.items() if ours == field.name),
        choices=choices,
        convention=bool(meta.extra and meta.extra.get(CONVENTION)),
    )


def _parts(parameter: Parameter, value: Value) -> tuple[str, ...]:
    """Return what of a parameter stands in a column's name."""
    if not parameter.convention:
        return (_text(value),)
    return () if value == parameter.default else (parameter.name, _text(value))


def _text(value: Value) -> str:
    """Write a parameter into a column name: 14, 2 for 2.0, 0p02 for 0.02 (SQL needs no quotes around it)."""
    if isinstance(value, str):
        return value
    if float(value).is_integer():
        return str(int(value))
    return repr(value).replace(".", "p").replace("-", "m")
