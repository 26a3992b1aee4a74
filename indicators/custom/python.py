"""Indicators declared in Python: a file that assigns them to INDICATORS, run as it is.

SEC: such a file can do all that the process can. It is read only where the operator switched that on.
"""

import traceback
from collections.abc import Callable
from typing import TypeVar

from indicators.custom.errors import BadFormula
from indicators.indicator import CUSTOM, Indicator

T = TypeVar("T")


def read(file: str, text: str) -> tuple[tuple[type[Indicator], ...], tuple[Indicator, ...]]:
    """Return a file's INDICATORS, classes of the family `custom`, and STORED, instances of them, if it has any.

    Raises BadFormula.
    """
    names: dict[str, object] = {"__name__": f"kalpi_indicators_{file.removesuffix('.py')}"}
    tried(file, lambda: exec(compile(text, file, "exec"), names))  # noqa: S102 - what the switch is there for
    classes, stored = names.get("INDICATORS"), names.get("STORED", ())
    if not isinstance(classes, tuple) or not all(
        isinstance(one, type) and issubclass(one, Indicator) for one in classes
    ):
        raise BadFormula(
            file, 1, "INDICATORS must be a tuple of indicators, as `indicators.formulas.formula` makes them"
        )
    if wrong := [one.id for one in classes if one.family != CUSTOM]:
        raise BadFormula(file, 1, f"{wrong[0]}: family must be {CUSTOM!r}")
    if not isinstance(stored, tuple) or not all(type(one) in classes for one in stored):
        raise BadFormula(file, 1, "STORED must be a tuple of instances of INDICATORS")
    return classes, stored


def tried(file: str, call: Callable[[], T]) -> T:
    """Return what a call of the file's code gives; BadFormula with the line where it failed."""
    try:
        return call()
    except SyntaxError as ex:
        raise BadFormula(file, ex.lineno or 1, f"this is not Python: {ex.msg}") from ex
    except Exception as ex:
        lines = [frame.lineno for frame in traceback.extract_tb(ex.__traceback__) if frame.filename == file]
        raise BadFormula(file, (lines or [1])[-1] or 1, f"{type(ex).__name__}: {ex}") from ex
