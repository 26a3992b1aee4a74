"""Everything that a catalogue route or a docs page says about an indicator, in one record."""

from functools import cache

import msgspec

from indicators.elsewhere import Elsewhere, elsewhere
from indicators.indicator import Family, Indicator, Memory, Output, Parameter, parameters
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
    ascending: tuple[str, ...]
    outputs: tuple[Output, ...]
    lookback: int
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
        outputs=cls.outputs,
        lookback=usual.lookback(),
        memory=cls.memory,
        settles_after=settles_after(usual),
        causal=cls.causal,
        repaints=cls.repaints,
        elsewhere=elsewhere(cls),
        stored=tuple(name for one in stored() if type(one) is cls for name in one.column_names()),
    )
