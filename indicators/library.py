"""TA-Lib, imported without pandas and Polars, and what its own metadata says about its functions."""

import inspect
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Literal, cast, get_args

import msgspec

from indicators.indicator import Memory


@contextmanager
def _hidden(*names: str) -> Generator[None]:
    """Make `import name` fail inside the block, for the names that nobody has imported yet."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # ty: ignore[invalid-assignment] # None is Python's mark for 'cannot be imported'
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


# PERF: TA-Lib imports pandas and Polars wherever they are installed, only to accept their series: half a second and
# over 100 MB in every API worker. It is content without them, and what we hand over are arrays.
with _hidden("pandas", "polars"):
    from talib import MA_Type, _ta_lib
    from talib.abstract import Function  # ty: ignore[missing-module-member] # its stub leaves it out

Arguments = Mapping[str, int | float]
Average = Literal["sma", "ema", "wma", "dema", "tema", "trima", "kama", "mama", "t3", "hma", "zlema", "rma"]
Steady = Literal["sma", "ema", "wma", "trima", "kama", "mama", "rma"]
"""The kinds of average that stay between the values averaged; the others overshoot."""

AVERAGES: Mapping[str, int] = {name: getattr(MA_Type, name.upper()) for name in get_args(Average)}

_FREE = {"price": "on", "price0": "on", "price1": "against"}  # TA-Lib's roles that any series can play


class Facts(msgspec.Struct, frozen=True):
    """What TA-Lib declares about one of its functions; `inputs` calls the caller's choice of series `on`.

    Of two free series the first is `on`, the second `against`. `types` are the parameters that choose an average.
    """

    title: str
    inputs: tuple[str, ...]
    defaults: dict[str, int | float]
    types: tuple[str, ...]
    outputs: tuple[str, ...]
    flags: frozenset[str]

    @property
    def accepts_one(self) -> bool:
        """Whether a period of 1 is allowed and means 'no smoothing'."""
        return "A period of 1 performs no smoothing" in self.flags

    @property
    def undefined_at_times(self) -> bool:
        """Whether a value after the warm-up can be NaN or infinite."""
        return "Output can be NaN or infinite" in self.flags

    @property
    def memory(self) -> Memory:
        """Return how far back a value looks, as far as the flags tell: composites of averages are not flagged."""
        if "Output is path-dependent" in self.flags:
            return "anchored"
        return "convergent" if "Function has an unstable period" in self.flags else "window"


def facts(name: str) -> Facts:
    """Read TA-Lib's own description of the function `name`."""
    info = Function(name).info
    inputs = cast("dict[str, str | list[str]]", info["input_names"])
    return Facts(
        title=str(info["display_name"]),
        inputs=tuple(
            series for role, given in inputs.items() for series in ([_FREE[role]] if role in _FREE else list(given))
        ),
        defaults=dict(info["parameters"]),
        types=tuple(name for name in info["parameters"] if name.endswith("matype")),
        outputs=tuple(info["output_names"]),
        flags=frozenset(info["function_flags"]),
    )


def function(name: str) -> Callable:
    """Return TA-Lib's function on plain arrays, without the wrapper it puts on when pandas is already loaded."""
    return inspect.unwrap(getattr(_ta_lib, name))


def lookback(name: str, arguments: Arguments) -> int:
    """Ask TA-Lib for the number of leading bars without a value (about 0.2 ms: cache it)."""
    return int(Function(name, **arguments).lookback)


@cache
def average_lookback(kind: str, period: int) -> int:
    """Return the leading bars without a value of an average by its kind."""
    return lookback("MA", {"timeperiod": period, "matype": AVERAGES[kind]})
