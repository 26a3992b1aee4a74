"""The page of each indicator, and the index of them by family."""

from collections.abc import Iterator

import indicators as catalogue
from api.accounts.tiers import least_tier_for
from indicators import Elsewhere, Entry, Indicator, Parameter
from kalpi.reference import charts
from kalpi.reference.markdown import NOTE, listed, page, table

_SYMBOLS = """In formulas x, or the value, is the chosen series, y the other symbol's; O, H, L, C and V are a bar's
open, high, low, close and volume; v[n] is v as of n bars ago. A highest, a lowest, a sum or a mean without a window is
of `period` bars. SMA is the mean, EMA the exponential average with weight 2 / (period + 1), RMA Wilder's with
weight 1 / period, WMA the linearly weighted one; TR is the true range, ATR its RMA, ROC the rate of change in percent,
LINEARREG the end of the least-squares line."""
_UNSEEN = "The sample's 12,154 bars do not show it.\n"


def index() -> str:
    """Return the page that leads to all others."""
    return page(_index())


def pages() -> dict[str, str]:
    """Return every indicator's page by its id."""
    return {kind.id: page(_indicator(kind)) for kind in catalogue.catalogue()}


def _index() -> Iterator[str]:
    kinds = catalogue.catalogue()
    yield f"# Indicators\n\n{NOTE}"
    yield f"{len(kinds)} indicators; {len(catalogue.stored_columns())} columns are stored. Each has a page with its"
    yield "formula, bounds, warm-up, names elsewhere and a chart. `GET /v1/indicators` answers the same.\n"
    yield f"## Symbols\n\n{_SYMBOLS}\n"
    for family in catalogue.FAMILIES:
        yield f"## {family.capitalize()}\n"
        told = (catalogue.describe(kind) for kind in kinds if kind.family == family)
        yield from table(("id", "indicator", "parameters", "what it is"), (_row(entry) for entry in told))


def _row(told: Entry) -> tuple[str, str, str, str]:
    given = ", ".join(f"{one.name} {one.default}" for one in told.parameters if not one.convention)
    return f"[`{told.id}`](indicators/{told.id}.md)", told.title, given, told.meaning


def _indicator(kind: type[Indicator]) -> Iterator[str]:
    told = catalogue.describe(kind)
    yield f"# {told.title} (`{told.id}`)\n\n{NOTE}\n{told.meaning}\n"
    yield f"![{told.title} on the sample's bars]({told.id}.svg)\n" if told.id in charts.charts() else _UNSEEN
    if told.formula:
        yield f"**Formula.** {told.formula}. ([Symbols](../indicators.md#symbols))\n"
    yield f"**Source.** {told.source}.\n"
    yield f"**Input.** {_inputs(told)}\n"
    yield f"**Warm-up.** {_warm_up(told)}\n"
    yield f"**Memory.** {_memory(told)}\n"
    yield f"**Look-ahead.** {_look_ahead(told)}\n"
    yield f"**Stored.** {listed(told.stored) if told.stored else 'No'}.\n"
    least = least_tier_for(told.id)
    yield f"**Least tier.** {least.name.capitalize() if least else 'None'}, as the tiers are seeded.\n"
    yield f"**Ask.** `GET /v1/symbols/{{symbol}}/indicators/{told.id}{_query(told)}`\n"
    yield from _parameters(told)
    yield from _conventions(told)
    yield from _profiles(told)
    yield "## Outputs\n"
    yield from table(
        ("output", "unit", "range", "meaning"),
        ((f"`{o.name}`", o.unit, _range(o.minimum, o.maximum), o.description) for o in told.outputs),
    )
    if told.elsewhere:
        yield "## Elsewhere\n"
        yield from table(("system", "name", "its parameters and defaults"), map(_elsewhere, told.elsewhere))


def _inputs(told: Entry) -> str:
    words = {"on": "`on`, a series of the caller's choice (the close)", "against": "the same of another symbol"}
    return f"{', '.join(words.get(name, name) for name in told.inputs).capitalize()}."


def _warm_up(told: Entry) -> str:
    if not told.lookback:
        return "None: the first bar has a value."
    return f"{told.lookback} bars without a value at the defaults; the first one is on bar {told.lookback + 1}."


def _memory(told: Entry) -> str:
    match told.memory, told.settles_after:
        case "window", _:
            return f"A window: a value depends on the last {told.lookback + 1} bars alone."
        case "anchored", _:
            return "Anchored: a value depends on the first bar for ever."
        case _, None:
            return "Convergent: the first bars fade out, at a rate that depends on the prices; no bound is known."
    return f"Convergent: after {told.settles_after} bars, a millionth is left of where the history began."


def _look_ahead(told: Entry) -> str:
    early = [one for one in told.outputs if not one.causal]
    ahead = [f"`{name}` {bars} bars" for name, bars in told.display_shifts.items() if bars > 0]
    said = ["No value depends on a later bar, and none changes once told."]
    if early:
        names = ", ".join(f"`{one.name}`{' (and may change)' if one.repaints else ''}" for one in early)
        said = [
            f"Known only on later bars: {names}; answered with `include_noncausal=true` only, never stored, refused"
        ]
        said += ["in expressions. Of the other outputs no value depends on a later bar, and none changes once told."]
    if ahead:
        said += [f"Drawn ahead of the bar it is computed on: {', '.join(ahead)}."]
    return " ".join(said)


def _query(told: Entry) -> str:
    given = [f"{one.name}={one.default}" for one in told.parameters if not one.convention]
    given += ["against={other}"] if told.takes_against else []
    return f"?{'&'.join(given)}" if given else ""


def _parameters(told: Entry) -> Iterator[str]:
    plain = [one for one in told.parameters if not one.convention]
    if not plain:
        return
    yield "## Parameters\n"
    yield from table(
        ("parameter", "default", "allowed", "also called", "meaning"),
        ((f"`{p.name}`", p.default, _allowed(p), _aliases(p), p.description) for p in plain),
    )
    for chain in told.ascending:
        yield f"{' < '.join(f'`{name}`' for name in chain)}, or the question is refused.\n"


def _conventions(told: Entry) -> Iterator[str]:
    """Tell where the field splits; a default stands in no column's name."""
    settled = [one for one in told.parameters if one.convention]
    if not settled:
        return
    yield "## Conventions\n"
    yield from table(
        ("parameter", "default", "allowed", "meaning"),
        ((f"`{p.name}`", p.default, _allowed(p), p.description) for p in settled),
    )


def _profiles(told: Entry) -> Iterator[str]:
    """Tell which defaults are others in the profiles that have the indicator."""
    usual = told.profiles[catalogue.PROFILES[0]]
    others = {
        profile: [f"`{name}={value}`" for name, value in given.items() if value != usual[name]]
        for profile, given in told.profiles.items()
        if profile != catalogue.PROFILES[0]
    }
    if others:
        yield "## Profiles\n"
        yield from table(
            ("profile", "defaults that differ"),
            ((f"`{one}`", ", ".join(given) or "none") for one, given in others.items()),
        )


def _aliases(parameter: Parameter) -> str:
    return ", ".join(f"`{name}`" for name in parameter.aliases if name != parameter.name)


def _allowed(parameter: Parameter) -> str:
    return ", ".join(parameter.choices) or f"{parameter.minimum:,g} to {parameter.maximum:,g}"


def _range(minimum: float | None, maximum: float | None) -> str:
    if minimum is None and maximum is None:
        return "any"
    if maximum is None:
        return f"{minimum:g} or more"
    return f"{minimum:g} to {maximum:g}" if minimum is not None else f"{maximum:g} or less"


def _elsewhere(one: Elsewhere) -> tuple[str, str, str]:
    given = (name if value is None else f"{name} {value}" for name, value in one.defaults.items())
    return one.system, f"`{one.name}`", ", ".join(given)
