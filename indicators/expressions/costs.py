"""What a plan costs, told before it runs: bars touched, each step's weighted by what it does with a bar.

A weight of 1 is about a nanosecond of the machine that the weights were taken on; what counts is how they compare. They
are declared, not timed, so that the same question always costs the same.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from indicators.expressions.across import histories
from indicators.expressions.plans import (
    Applied,
    Computed,
    Constant,
    Elsewhere,
    Node,
    Ranked,
    Series,
    Stored,
    below,
    steps,
)
from indicators.indicator import Indicator
from indicators.records import Wrapped

CALL = 10_000  # of one step on one symbol, however few its bars
_READ = 1
_STEP = 2
_ACROSS: Mapping[type, int] = {Series: 10, Stored: 10, Applied: 5, Elsewhere: 50, Ranked: 200}  # of a row
_WRAPPED, _COMPOSITE = 10, 30

# Those that loop in Python, bar by bar: their weight.
_SLOW = """
ht_dcphase 400 | ht_sine 450 | ht_trendmode 450 | ht_dcperiod 45 | ht_phasor 45 | ht_trendline 45 | mama 45
pmax 400 | ebsw 380 | zigzag 380 | atrts 335 | vstop 320 | hwma 300 | mcgd 285 | frama 240 | vidya 225 | fisher 175
ssf 95 | lrsi 400 | qqe 600 | clenow 450 | hurst 1500 | vp 2000 | brar 100
"""
# TA-Lib's that loop in Python where they follow a convention that TA-Lib does not know.
_OTHERWISE = {"supertrend": 230, "sar": 440}
# Those that look through their whole window at every bar: the weight of each bar of it.
_SCANNING = """
cci 1.2 | avgdev 1.2 | imi 1 | vhf 0.6 | fractal 0.3 | percentile 0.4 | alma 2 | swma 2 | sinwma 2 | pwma 2 | fwma 2
regchannel 3.2 | rsquared 4 | cti 4 | msw 4 | rvgi 4 | skew 5 | kurtosis 5 | clenow 6 | brar 8 | hurst 15 | vp 41
fcb 0.3 | quantile 0.4 | median 0.4
"""


class Size(msgspec.Struct, frozen=True):
    """How large a universe is: the bars of its symbols, the symbols, and the longest history among all."""

    bars: int
    symbols: int
    longest: int


def cost(node: Node, bars: int, symbols: int = 1) -> int:
    """Return the cost of computing a step over so many bars of so many symbols; equal steps are computed once."""
    distinct = {_shared(each) for each in steps(node)}
    return sum(weight_of(each) * bars + CALL * symbols for each in distinct)


def cost_across(nodes: Iterable[Node], rows: int, size: Size) -> int:
    """Return the cost of computing steps over a section of so many rows, with the histories that they need."""
    nodes = tuple(nodes)
    direct = {each for node in nodes for each in _direct(node)}
    apart = {each for node in nodes for each in histories(node)}
    others = {each.inside for each in direct if isinstance(each, Elsewhere)}
    return (
        sum(_ACROSS.get(type(each), _READ) * rows + CALL for each in direct)
        + sum(cost(each, size.bars, size.symbols) for each in apart)
        + sum(cost(each, size.longest) for each in others)
    )


def computations(node: Node) -> int:
    """Return how many indicators a step takes, stored or computed, equal ones once; at least 1."""
    found = {
        (each.indicator, each.on, each.against) if isinstance(each, Computed) else (each.indicator,)
        for each in steps(node)
        if isinstance(each, Computed | Stored)
    }
    return max(1, len(found))


def weight(indicator: Indicator) -> int:
    """Return the weight of an indicator's bar; one made of others tells its own."""
    if (own := getattr(indicator, "weight", None)) is not None:
        return own()
    slow, scanning = _TABLES
    if not isinstance(indicator, Wrapped):
        usual = slow.get(indicator.id, _COMPOSITE)
    elif indicator.composed:
        usual = _OTHERWISE.get(indicator.id, _COMPOSITE)
    else:
        usual = slow.get(indicator.id, _WRAPPED)
    return round(usual + scanning.get(indicator.id, 0) * indicator.lookback())


def _direct(node: Node) -> Iterator[Node]:
    """Return the steps of a plan outside of its histories and of other symbols."""
    if node not in set(histories(node)):
        yield node
        for each in () if isinstance(node, Elsewhere) else below(node):
            yield from _direct(each)


def weight_of(node: Node) -> int:
    """Return the weight of a step's bar."""
    match node:
        case Constant() | Series() | Stored():
            return _READ
        case Computed(indicator):
            return weight(indicator)
    return _STEP


def _shared(node: Node) -> Node:
    """Return what stands for all outputs of one computation."""
    return Computed(node.indicator, 0, node.on, node.against) if isinstance(node, Computed) else node


def _table(text: str) -> dict[str, float]:
    pairs = (entry.split() for entry in text.replace("\n", "|").split("|") if entry.strip())
    return {name: float(number) for name, number in pairs}


_TABLES = (_table(_SLOW), _table(_SCANNING))
