"""What an indicator is: a frozen struct whose fields are its parameters and whose class says all the rest."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal, get_args, get_origin

import msgspec
import numpy as np

from indicators.bars import Array, Bars

Number = int | float
Family = Literal["trend", "momentum", "volatility", "volume", "cycle", "statistics", "price", "patterns"]
Memory = Literal["window", "convergent", "anchored"]
FAMILIES: tuple[Family, ...] = get_args(Family)
FLOAT = np.dtype(np.float64)


class Output(msgspec.Struct, frozen=True):
    """One column that an indicator gives; the bounds are those its formula guarantees."""

    name: str
    unit: str
    description: str
    minimum: float | None = None
    maximum: float | None = None


class Indicator(msgspec.Struct, frozen=True):
    """One indicator with its parameters: equal parameters make equal, equally hashing instances.

    `memory` says what a value depends on: the last `lookback() + 1` bars ("window"), all bars with a weight that fades
    ("convergent"), or the first bar for ever ("anchored"). `inputs` names series; "on" is the one the caller chooses.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    meaning: ClassVar[str]
    family: ClassVar[Family]
    inputs: ClassVar[tuple[str, ...]]
    outputs: ClassVar[tuple[Output, ...]]
    source: ClassVar[str]
    memory: ClassVar[Memory]
    ascending: ClassVar[tuple[str, ...]] = ()  # parameters whose values must strictly rise in this order
    aliases: ClassVar[Mapping[str, str]] = {}  # TA-Lib's parameter name -> ours
    undefined_at_times: ClassVar[bool] = False  # a value after the warm-up may be NaN or infinite in the kernel
    takes_on: ClassVar[bool] = False  # "on" is among the inputs

    def lookback(self) -> int:
        """Return the number of leading bars without a value."""
        raise NotImplementedError

    def kernel(self) -> Callable:
        """Return the function of the input arrays, in the order of `inputs`, with the parameters bound."""
        raise NotImplementedError

    def params(self) -> dict[str, Number]:
        """Return the parameters by name."""
        return msgspec.structs.asdict(self)

    def column_names(self) -> tuple[str, ...]:
        """Return the stored names: `rsi_14`, `macd_12_26_9`, `macd_12_26_9_signal`, `obv`."""
        base = "_".join((self.id, *map(_text, msgspec.structs.astuple(self))))
        if len(self.outputs) == 1:
            return (base,)
        return tuple(base if output.name == self.id else f"{base}_{output.name}" for output in self.outputs)

    def compute(self, bars: Bars, on: str = "close") -> tuple[Array, ...]:
        """Return one float64 column per output, aligned with the bars: NaN where there is no value, never infinite.

        Raises BadParameter when `on` is given to an indicator with fixed inputs, UnknownSeries when there is none such.
        """
        if on != "close" and not self.takes_on:
            raise BadParameter("on", on, f"{self.id} has fixed inputs ({', '.join(self.inputs)}) and takes no `on`")
        arrays = [bars.series(on if name == "on" else name) for name in self.inputs]
        lookback = self.lookback()
        if len(bars) <= lookback:  # no kernel need cope with too few bars
            return tuple(np.full(len(bars), np.nan) for _ in self.outputs)
        columns = self.kernel()(*arrays)
        return tuple(self.settled(column, lookback) for column in (columns if type(columns) is tuple else (columns,)))

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
    """One parameter of an indicator, as the catalogue shows it."""

    name: str
    type: type[int] | type[float]
    default: Number
    minimum: Number
    maximum: Number
    description: str
    aliases: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """Say in words which values are allowed."""
        kind = "a whole number" if self.type is int else "a number"
        return f"{kind} from {self.minimum:g} to {self.maximum:g}"


def parameters(cls: type[Indicator]) -> tuple[Parameter, ...]:
    """Return the parameters that `cls` declares, in the order of its fields."""
    return tuple(_parameter(cls, field) for field in msgspec.structs.fields(cls))


def _parameter(cls: type[Indicator], field: msgspec.structs.FieldInfo) -> Parameter:
    if get_origin(field.type) is None and not hasattr(field.type, "__metadata__"):
        raise TypeError(f"{cls.id}.{field.name} lacks its bounds")
    kind, meta = get_args(field.type)
    return Parameter(
        name=field.name,
        type=kind,
        default=field.default,
        minimum=meta.ge,
        maximum=meta.le,
        description=meta.description,
        aliases=tuple(theirs for theirs, ours in cls.aliases.items() if ours == field.name),
    )


def _text(value: Number) -> str:
    """Write a parameter into a column name: 14, 2 for 2.0, 0p02 for 0.02 (SQL needs no quotes around it)."""
    if float(value).is_integer():
        return str(int(value))
    return repr(value).replace(".", "p").replace("-", "m")
