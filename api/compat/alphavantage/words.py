"""How Alpha Vantage words and numbers what it tells beside the values."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from indicators.elsewhere.tables import value_of
from indicators.elsewhere.translations import Translation
from warehouse.intervals import IntervalName

IntervalWord = Literal["daily", "weekly", "monthly"]
INTERVALS: Mapping[IntervalWord, IntervalName] = {"daily": "1d", "weekly": "1w", "monthly": "1mo"}
PLACES = 4
TIME_ZONE = "US/Eastern"
"""Of the exchange whose sessions the days are."""
_PERIOD = "time_period"
_LABELS = {
    _PERIOD: "Time Period",
    "fastperiod": "Fast Period",
    "slowperiod": "Slow Period",
    "signalperiod": "Signal Period",
    "fastmatype": "Fast MA Type",
    "slowmatype": "Slow MA Type",
    "signalmatype": "Signal MA Type",
    "matype": "MA Type",
    "fastkperiod": "FastK Period",
    "slowkperiod": "SlowK Period",
    "slowkmatype": "SlowK MA Type",
    "slowdperiod": "SlowD Period",
    "slowdmatype": "SlowD MA Type",
    "fastdperiod": "FastD Period",
    "fastdmatype": "FastD MA Type",
    "fastlimit": "Fast Limit",
    "slowlimit": "Slow Limit",
    "nbdevup": "Deviation multiplier for upper band",
    "nbdevdn": "Deviation multiplier for lower band",
    "timeperiod1": "Time Period 1",
    "timeperiod2": "Time Period 2",
    "timeperiod3": "Time Period 3",
    "acceleration": "Acceleration",
    "maximum": "Maximum",
}


def table_title(translation: Translation) -> str:
    """Return what the values stand under, after `Technical Analysis: `."""
    return "Chaikin A/D" if translation.name == "AD" else translation.name


def told(
    first: Sequence[tuple[str, str]],
    translation: Translation,
    given: Mapping[str, str],
    last: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Return an indicator's meta data: `5: Time Period`, then the other parameters as `6.1: ...`, `6.2: ...`."""
    lines: dict[str, Any] = {f"{number}: {name}": value for number, (name, value) in enumerate(first, 1)}
    values = {
        one.name: value_of(given[one.name]) if one.name in given else one.default
        for one in translation.parameters
        if one.has_effect
    }
    number = len(first) + 1
    if _PERIOD in values:
        lines[f"{number}: {_LABELS[_PERIOD]}"] = values.pop(_PERIOD)
        number += 1
    for place, (name, value) in enumerate(values.items(), 1):
        lines[f"{number}.{place}: {_LABELS[name]}"] = value
    number += bool(values)
    rest = (*last, ("Time Zone", f"{TIME_ZONE} Time"))
    return lines | {f"{number + place}: {name}": value for place, (name, value) in enumerate(rest)}
