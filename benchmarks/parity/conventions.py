"""Comparisons made again with the conventions that the other system follows, and those of conventions alone."""

from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.parity.case import START, Case
from indicators import parameters
from indicators.indicator import Value

_AGAIN = {
    "Tulip": """
ema seed=first
ppo seed=first
apo seed=first
cmo smoothing=plain
atr first_bar=range
natr first_bar=range
cvi seed=first
obv base=zero
""",
    "pandas-ta-classic": """
mcgd seed=first
cmo smoothing=plain
dpo earlier=mean
kvo force=volume
zscore ddof=1
""",
    "ta": """
ema seed=first
ppo seed=first
pvo seed=first
adx seed=mean
atr first_bar=range
kc middle=close first_bar=range seed=first
efi seed=first
""",
    "talipp": """
kc middle=close first_bar=range
cksp first_bar=range
adx seed=mean
atr first_bar=range
natr first_bar=range
""",
    "FinTA": """
ema seed=first
bbands ddof=1
percentb ddof=1
bbw ddof=1
ce atr_type=sma
macd seed=first
ppo seed=first
atr type=sma
massi seed=first
obv base=zero
efi seed=first
stddev ddof=1
""",
    "Stock Indicators": """
mcgd seed=first
kc middle=close
supertrend first_trend=falling
adx seed=mean
plus_di seed=mean
minus_di seed=mean
smi seed=first
obv base=zero
""",
}
_STILL = {("pandas-ta-classic", "kvo"): START}  # what is left of a difference

_KELTNER = "type={kind} atr_type={kind} middle=close range={range} atr=20"
_PANDAS_TA = (
    Case("bbands", "bbands", "length=20 ddof=1", "ddof=1", (2, 1, 0)),
    Case("bbands", "bbands", "length=20 mamode=ema", "type=ema", (2, 1, 0)),
    Case("stddev", "stdev", "length=5 ddof=1", "ddof=1"),
    Case("var", "variance", "length=5 ddof=1", "ddof=1"),
    Case("ema", "ema", "length=30 sma=False", "seed=first"),
    Case("stochrsi", "stochrsi", "k=3 d=3", "k=14 slow_k=3 d=3", (0, 1)),
    *(
        Case(name, name, f"mamode={kind}", f"type={kind}")
        for name in ("atr", "natr", "ppo", "apo")
        for kind in ("sma", "wma")
    ),
    Case("atr", "atr", "mamode=ema", "type=ema"),
    Case("natr", "natr", "mamode=ema", "type=ema"),
    *(
        Case("stoch", "stoch", f"k=14 smooth_k=3 d=3 mamode={kind}", f"k=14 slow_k_type={kind} d_type={kind}", (0, 1))
        for kind in ("ema", "wma", "rma")
    ),
    *(
        Case("kc", "kc", f"mamode={kind} tr={true}", _KELTNER.format(kind=kind, range=name), (2, 1, 0))
        for kind in ("ema", "sma")
        for true, name in (("True", "true"), ("False", "high_low"))
    ),
)


def besides(library: str, cases: Sequence[Case]) -> Iterator[Case]:
    """Yield a library's cases that another convention makes equal, with it, and then those of conventions alone."""
    first = {case.id: case for case in reversed(cases)}
    for line in _AGAIN.get(library, "").strip().splitlines():
        name, given = line.split(" ", 1)
        case = first[name]
        reason = _STILL.get((library, name), "")
        yield msgspec.structs.replace(case, given=f"{case.given} {given}".strip(), reason=reason)
    yield from _PANDAS_TA if library == "pandas-ta-classic" else ()


def followed(case: Case) -> dict[str, Value]:
    """Return the conventions of a case that are not our defaults."""
    ours = case.ours()
    settled = {one.name: one.default for one in parameters(type(ours)) if one.convention}
    return {name: value for name, value in ours.params().items() if settled.get(name, value) != value}
