"""Everything that a catalogue route or a docs page says about an indicator, in one record."""

from functools import cache

import msgspec

from indicators.catalogue import build
from indicators.elsewhere import Elsewhere, elsewhere
from indicators.indicator import Family, Indicator, Memory, Output, Parameter, Value, parameters
from indicators.profiles import PROFILES, followed
from indicators.settling import settles_after
from indicators.variants import stored


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator as the catalogue tells it; `lookback` and `settles_after` are those of the default parameters."""

    id: str
    title: str
    meaning: str
    formula: str | None  # where the meaning in words does not say it all
    source: str
    family: Family
    inputs: tuple[str, ...]
    takes_on: bool
    takes_against: bool
    parameters: tuple[Parameter, ...]
    ascending: tuple[tuple[str, ...], ...]
    outputs: tuple[Output, ...]  # those in hindsight last
    display_shifts: dict[str, int]
    lookback: int
    profiles: dict[str, dict[str, Value]]  # all defaults by the profiles that have it
    memory: Memory
    settles_after: int | None
    causal: bool
    repaints: bool
    elsewhere: tuple[Elsewhere, ...]
    stored: tuple[str, ...]


@cache
def describe(cls: type[Indicator]) -> Entry:
    """Return all that there is to say about an indicator."""
    usual = cls()
    outputs = (*cls.outputs, *(cls.hindsight.outputs if cls.hindsight else ()))
    return Entry(
        id=cls.id,
        title=cls.title,
        meaning=cls.meaning,
        formula=getattr(cls, "formula", None),
        source=cls.source,
        family=cls.family,
        inputs=cls.inputs,
        takes_on=cls.takes_on,
        takes_against=cls.takes_against,
        parameters=parameters(cls),
        ascending=cls.ascending,
        outputs=outputs,
        display_shifts=usual.display_shifts(),
        lookback=usual.lookback(),
        profiles={one: build(cls.id, {}, one).params() for one in PROFILES if followed(cls.id, one) == one},
        memory=cls.memory,
        settles_after=settles_after(usual),
        causal=all(one.causal for one in outputs),
        repaints=any(one.repaints for one in outputs),
        elsewhere=elsewhere(cls),
        stored=tuple(name for one in stored() if type(one) is cls for name in one.column_names()),
    )
