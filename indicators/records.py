"""What TA-Lib's metadata does not tell about a function, as a record, and the class that both together make."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Annotated, Any, ClassVar, NamedTuple, cast

import msgspec

from indicators import library
from indicators.indicator import Family, Hindsight, Indicator, Memory, Number, Output, Value
from indicators.kernels import blanked, convention
from indicators.memories import ByParameters, longest, of_average
from indicators.splitting import Split
from indicators.tables.rules import RULES

LONGEST = 2_000  # bars: eight years of sessions


class Scale(NamedTuple):
    """An output's unit and the bounds its formula guarantees."""

    unit: str
    minimum: float | None = None
    maximum: float | None = None


PRICE = Scale("price")
DISTANCE = Scale("price", minimum=0)
PERCENT = Scale("percent")
INDEX = Scale("index", 0, 100)
BALANCE = Scale("index", -100, 100)
RATIO = Scale("ratio")
SHARE = Scale("ratio", 0, 1)
SWING = Scale("ratio", -1, 1)
SHARES = Scale("shares")


class Kind(NamedTuple):
    """Our name, bounds and description of a parameter that TA-Lib calls otherwise."""

    name: str
    minimum: Number
    maximum: Number
    description: str


class Record(msgspec.Struct, frozen=True):
    """One TA-Lib function as we offer it: several outputs are named in TA-Lib's order."""

    name: str  # TA-Lib's; ours is the same in lower case
    meaning: str
    source: str
    scale: Scale = PRICE
    outputs: Mapping[str, str | tuple[str, Scale]] = {}  # name -> description, with its own scale where it differs
    title: str = ""  # where TA-Lib's does not read well
    memory: Memory | None = None  # where TA-Lib's flags leave it out; that of chosen averages comes on top
    ascending: tuple[tuple[str, ...], ...] = ()
    shortest: int = 2  # least `timeperiod`, where TA-Lib's flags do not say 1
    omitted: tuple[str, ...] = ()  # parameters that TA-Lib has and does not use
    typed: bool = False  # the kinds of average are what it is about, and no mere conventions
    undefined: bool = False  # a value after the warm-up can be infinite, where TA-Lib's flags do not say so
    inputs: tuple[str, ...] = ()  # where TA-Lib's two series mean the reverse
    kinds: Mapping[str, Kind] = {}  # where a parameter means something else than its name usually does
    hindsight: Hindsight | None = None
    drawn: Mapping[str, Callable[[Any], int]] = {}


KINDS: Mapping[str, Kind] = {
    "timeperiod": Kind("period", 2, LONGEST, "Bars looked at."),
    "timeperiod1": Kind("short", 1, LONGEST, "Bars of the short window."),
    "timeperiod2": Kind("medium", 1, LONGEST, "Bars of the middle window."),
    "timeperiod3": Kind("long", 1, LONGEST, "Bars of the long window."),
    "fastperiod": Kind("fast", 2, LONGEST, "Bars of the fast average."),
    "slowperiod": Kind("slow", 2, LONGEST, "Bars of the slow average."),
    "signalperiod": Kind("signal", 2, LONGEST, "Bars of the signal's average."),
    "firstperiod": Kind("first", 2, LONGEST, "Bars of the first smoothing."),
    "secondperiod": Kind("second", 2, LONGEST, "Bars of the second smoothing."),
    "atrperiod": Kind("atr", 1, LONGEST, "Bars of the average true range."),
    "stddevperiod": Kind("deviation", 2, LONGEST, "Bars of the standard deviation."),
    "rocperiod": Kind("change", 1, LONGEST, "Bars between the two values compared."),
    "wmaperiod": Kind("smoothing", 1, LONGEST, "Bars of the weighted average."),
    "roc1period": Kind("short", 1, LONGEST, "Bars of the short rate of change."),
    "roc2period": Kind("long", 1, LONGEST, "Bars of the long rate of change."),
    "fastk_period": Kind("k", 1, LONGEST, "Bars of the range that %K is placed in."),
    "slowk_period": Kind("slow_k", 1, LONGEST, "Bars that %K is averaged over."),
    "slowd_period": Kind("d", 1, LONGEST, "Bars that %D is averaged over."),
    "fastd_period": Kind("d", 1, LONGEST, "Bars that %D is averaged over."),
    "leftbars": Kind("left", 1, LONGEST, "Lower (higher) bars needed before the turning point."),
    "rightbars": Kind("right", 1, LONGEST, "Lower (higher) bars needed after it; the turn is told this much later."),
    "nbdevup": Kind("deviations", 0.01, 100.0, "Distance of both bands from the middle, in standard deviations."),
    "nbdevdn": Kind("deviations", 0.01, 100.0, "Distance of both bands from the middle, in standard deviations."),
    "nbdev": Kind("multiplier", 0.01, 100.0, "Factor put on the result's measure of spread."),
    "multiplier": Kind("multiplier", 0.01, 100.0, "Distance of the line, in average true ranges."),
    "acceleration": Kind("acceleration", 0.0001, 1.0, "Step by which the stop speeds up at each new extreme."),
    "maximum": Kind("maximum", 0.0001, 1.0, "Fastest speed of the stop."),
    "fastlimit": Kind("fast_limit", 0.01, 0.99, "Largest weight of the newest bar."),
    "slowlimit": Kind("slow_limit", 0.01, 0.99, "Smallest weight of the newest bar."),
    "vfactor": Kind("volume_factor", 0.0, 1.0, "Weight of the correction: 0 is a plain triple EMA, 1 a DEMA of DEMAs."),
    "penetration": Kind("penetration", 0.0, 1.0, "How far into the first body, as a share of it, the last close lies."),
    "startvalue": Kind("start_value", 0.0, 1e9, "Price at which the first stop stands, below the bars; 0 finds it."),
    "offsetonreverse": Kind("offset", 0.0, 1.0, "Share of the price added to the first stop after a turn."),
    "accelerationinitlong": Kind("initial_long", 0.0001, 1.0, "First speed of a stop below the bars."),
    "accelerationlong": Kind("acceleration_long", 0.0001, 1.0, "Step by which a stop below the bars speeds up."),
    "accelerationmaxlong": Kind("maximum_long", 0.0001, 1.0, "Fastest speed of a stop below the bars."),
    "accelerationinitshort": Kind("initial_short", 0.0001, 1.0, "First speed of a stop above the bars."),
    "accelerationshort": Kind("acceleration_short", 0.0001, 1.0, "Step by which a stop above the bars speeds up."),
    "accelerationmaxshort": Kind("maximum_short", 0.0001, 1.0, "Fastest speed of a stop above the bars."),
    "percentile": Kind("percentile", 0.0, 100.0, "Percent of the window's values at or below the one returned."),
}
# The parameters that choose an average: our name, and what it averages.
TYPES: Mapping[str, tuple[str, str]] = {
    "matype": ("type", "Kind of average."),
    "fastmatype": ("fast_type", "Kind of the fast average."),
    "slowmatype": ("slow_type", "Kind of the slow average."),
    "signalmatype": ("signal_type", "Kind of the signal's average."),
    "slowk_matype": ("slow_k_type", "Kind of %K's average."),
    "slowd_matype": ("d_type", "Kind of %D's average."),
    "fastd_matype": ("d_type", "Kind of %D's average."),
}


class Wrapped(Indicator, frozen=True):
    """An indicator whose kernel and lookback are TA-Lib's, unless it follows a convention that TA-Lib does not know."""

    talib: ClassVar[str]
    split: ClassVar[Split | None]

    def lookback(self) -> int:
        """Return TA-Lib's own lookback, or the split's."""
        split = self.composed
        return _lookback(self) if split is None else split.warm_up(self)

    def kernel(self) -> Callable:
        """Return TA-Lib's function with the parameters under TA-Lib's names, or the split's with all of them."""
        split = self.composed
        if split is None:
            return partial(library.function(self.talib), **_arguments(self))
        return partial(blanked, partial(split.function, **self.params()), self.lookback(), len(self.outputs))

    @property
    def composed(self) -> Split | None:
        """What computes the indicator where TA-Lib cannot."""
        return self.split if self.split and self.split.concerns(self) else None


def declare(record: Record, family: Family, split: Split | None = None) -> type[Indicator]:
    """Make the class of one TA-Lib function from TA-Lib's facts, our record and where the field splits."""
    facts = library.facts(record.name)
    kept = [name for name in facts.defaults if name not in record.omitted]
    kept.sort(key=lambda name: name in facts.types and not record.typed)  # conventions come last
    aliases = {name: TYPES[name][0] if name in facts.types else _kind(name, record).name for name in kept}
    named = {ours: name for name, ours in aliases.items()}  # both sides of a band share one parameter
    inputs = record.inputs or facts.inputs
    declared = msgspec.defstruct(
        record.name.title().replace("_", ""),
        [
            *((ours, *_field(name, record, facts)) for ours, name in named.items()),
            *(split.conventions if split else ()),
        ],
        bases=(Wrapped,),
        namespace={
            "__doc__": record.meaning,
            "id": record.name.lower(),
            "talib": record.name,
            "split": split,
            "title": record.title or facts.title,
            "meaning": record.meaning,
            "formula": RULES.get(record.name),
            "family": family,
            "inputs": ByParameters(partial(_inputs, inputs)) if split else inputs,
            "takes_on": "on" in inputs,
            "takes_against": "against" in inputs,
            "outputs": _outputs(record),
            "hindsight": record.hindsight,
            "drawn": record.drawn,
            "source": record.source,
            "memory": ByParameters(partial(_memory, record.memory or facts.memory, _types(facts))),
            "ascending": record.ascending,
            "aliases": aliases,
            "undefined_at_times": facts.undefined_at_times or record.undefined,
        },
        module=__name__,
        frozen=True,
    )
    return cast("type[Indicator]", declared)


def _types(facts: library.Facts) -> tuple[str, ...]:
    return tuple(TYPES[name][0] for name in facts.types)


def _inputs(talibs: tuple[str, ...], indicator: Wrapped) -> tuple[str, ...]:
    split = indicator.composed
    return talibs if split is None else split.inputs


def _memory(base: Memory, types: tuple[str, ...], indicator: Wrapped) -> Memory:
    """Return how far back the indicator looks, of which `base` is what TA-Lib does besides averages of chosen kinds."""
    if split := indicator.composed:
        return split.memory(indicator)
    return longest(base, *(of_average(getattr(indicator, name)) for name in types))


def _kind(name: str, record: Record) -> Kind:
    return record.kinds.get(name) or KINDS[name]


def _field(name: str, record: Record, facts: library.Facts) -> tuple[object, Value]:
    """Return a parameter's annotated type and its default, which is TA-Lib's."""
    default = facts.defaults[name]
    if name in facts.types:
        words = {code: word for word, code in library.AVERAGES.items()}
        told = TYPES[name][1]
        meta = msgspec.Meta(description=told) if record.typed else convention(told)
        kinds = library.Steady if any(one.maximum is not None for one in _outputs(record)) else library.Average
        return Annotated[kinds, meta], words[int(default)]  # ty: ignore[invalid-type-form] # made at run time
    kind, least = _kind(name, record), _least(name, record, facts)
    minimum = kind.minimum if least is None else least
    meta = msgspec.Meta(ge=minimum, le=kind.maximum, description=kind.description)
    return Annotated[type(default), meta], default  # ty: ignore[invalid-type-form] # made at run time


def _least(name: str, record: Record, facts: library.Facts) -> int | None:
    """Return the least `timeperiod`, which TA-Lib accepts function by function."""
    if name != "timeperiod":
        return None
    return 1 if facts.accepts_one else record.shortest


def _outputs(record: Record) -> tuple[Output, ...]:
    """Return the declared outputs; a single one bears the indicator's id."""
    told = record.outputs or {record.name.lower(): record.meaning}
    full = {name: (text, record.scale) if isinstance(text, str) else text for name, text in told.items()}
    return tuple(Output(name, scale.unit, text, scale.minimum, scale.maximum) for name, (text, scale) in full.items())


def _arguments(indicator: Wrapped) -> dict[str, Number]:
    given = {theirs: getattr(indicator, ours) for theirs, ours in indicator.aliases.items()}
    return {theirs: library.AVERAGES.get(value, value) for theirs, value in given.items()}


@lru_cache(maxsize=4096)
def _lookback(indicator: Wrapped) -> int:
    return library.lookback(indicator.talib, _arguments(indicator))
