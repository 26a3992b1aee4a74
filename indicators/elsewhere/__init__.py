"""What other systems call the same indicator, and the defaults that they give it."""

from functools import cache

import msgspec

from indicators import library
from indicators.elsewhere import alpha_vantage, pandas_ta, tradingview, twelve_data
from indicators.indicator import Indicator, Value

_TABLES = {
    "TradingView": tradingview.TABLE,
    "pandas-ta-classic": pandas_ta.TABLE,
    "Alpha Vantage": alpha_vantage.TABLE,
    "Twelve Data": twelve_data.TABLE,
}


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
    for system, table in _TABLES.items():
        for line in table.strip().splitlines():
            id_, name, defaults = (part.strip() for part in line.split("|"))
            known.setdefault(id_, []).append(Elsewhere(system, name, dict(map(_default, defaults.split()))))
    return known


def _default(text: str) -> tuple[str, Value | None]:
    """Read `length=14`, `ma_type=SMA` or, of a parameter without a default, `time_period`."""
    name, given, value = text.partition("=")
    if not given:
        return name, None
    try:
        number = float(value)
    except ValueError:
        return name, value
    return name, int(number) if number.is_integer() and "." not in value else number
