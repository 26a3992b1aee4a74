"""An indicator as a question names it: with its parameters, on its input, resolved for one caller; and a page of it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

import msgspec

from api import nulls
from api.access import require_indicators
from api.desk import Desk
from api.edition import Edition
from api.frames import Column, measured
from api.inputs import Inputs, inputs
from api.plans import MOST_COST
from api.problems import Refusal
from api.questions import unknown_parameter
from api.stretches import Page
from indicators import Bars, Indicator, Output, build, declaration, followed, stored_names
from indicators import parameters as declared
from indicators.expressions import cost
from warehouse.resampling import Floats
from warehouse.serving import Adjust


class Asked(Protocol):
    """What a question says of an indicator, whatever the symbol."""

    @property
    def id(self) -> str:
        """The indicator's id."""

    @property
    def params(self) -> Mapping[str, str | int | float]:
        """The parameters given."""

    @property
    def on(self) -> str:
        """The input series."""

    @property
    def against(self) -> str | None:
        """The other symbol."""

    @property
    def profile(self) -> str:
        """Whose conventions hold for the other parameters."""

    @property
    def include_noncausal(self) -> bool:
        """Whether outputs in hindsight are wanted."""


class Choice(msgspec.Struct, frozen=True):
    """An indicator with its parameters, on its input: what the same question of another symbol shares."""

    indicator: Indicator
    names: tuple[str, ...]
    inputs: Inputs
    profile: str
    include_noncausal: bool

    @property
    def identity(self) -> tuple[object, ...]:
        """All that tells the values from others of the same symbol."""
        return (*self.names, self.inputs.on, self.inputs.against, self.profile, self.include_noncausal)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs that are answered, those in hindsight last."""
        hindsight = self.indicator.hindsight
        return (*self.indicator.outputs, *(hindsight.outputs if hindsight and self.include_noncausal else ()))

    @property
    def column_names(self) -> tuple[str, ...]:
        """What the outputs are called beside those of others: as if stored, and on what they are computed."""
        own = (*self.names, *(f"{self.indicator.id}_{one.name}" for one in self.outputs[len(self.names) :]))
        on, against = self.inputs.on, self.inputs.against
        ending = ("" if on == "close" else f"_on_{on}") + ("" if against is None else f"_against_{against}")
        return tuple(name + ending for name in own)

    @property
    def named(self) -> dict[str, str]:
        """By output the name of its column beside those of others."""
        return dict(zip(map(self.output_name, self.outputs), self.column_names, strict=True))

    def output_name(self, output: Output) -> str:
        """Return what an output is called beside the others; a single one bears the indicator's id."""
        return self.indicator.id if len(self.names) == 1 else output.name

    def is_stored(self, edition: Edition, adjust: Adjust) -> bool:
        """Whether a snapshot has the values."""
        usual = self.inputs.are_usual and adjust == "split"
        return usual and edition.held.issuperset(stored_names().get(self.indicator, ("",)))

    def told(self, edition: Edition, adjust: Adjust) -> dict[str, Any]:
        """Return what is told of a series beside its columns, whatever the symbol."""
        indicator, given = self.indicator, self.inputs
        return {
            "indicator": indicator.id,
            "params": indicator.params(),
            "profile": self.profile,
            "on": given.on if indicator.takes_on else None,
            "against": given.against,
            "source": "stored" if self.is_stored(edition, adjust) else "computed",
            "warmup": {"memory": given.memory(indicator), "lookback": given.lookback(indicator)},
            "noncausal": self.noncausal(),
        }

    def noncausal(self) -> dict[str, Any]:
        """Return the outputs in hindsight that are wanted, each with what marks it."""
        hindsight = self.indicator.hindsight
        if hindsight is None or not self.include_noncausal:
            return {}
        shifts = self.indicator.display_shifts()
        return {
            one.name: {"causal": one.causal, "repaints": one.repaints, "display_shift": shifts[one.name]}
            for one in hindsight.outputs
        }


class Found(msgspec.Struct, frozen=True):
    """A question resolved: the rows it shows are known, and no value has been touched yet."""

    choice: Choice
    page: Page

    @property
    def stored(self) -> bool:
        """Whether the snapshot has the values."""
        return self.choice.is_stored(self.page.edition, self.page.adjust)

    @property
    def cost(self) -> int:
        """What it takes to compute, in the units of `indicators.expressions.costs`."""
        return cost(self.choice.inputs.step(self.choice.indicator), self.page.span.stop - self.page.span.start)

    def told(self) -> dict[str, Any]:
        """Return what a series says of itself beside its columns."""
        told = self.choice.told(self.page.edition, self.page.adjust)
        return {**told, "warmup": {**told["warmup"], "bars_before": self.page.before}}

    def columns(self) -> tuple[Column, ...]:
        """Return the values by output, of the page's rows."""
        indicator = self.choice.indicator
        values = self._stored() if self.stored else self._computed()
        own = (
            measured(output, self.choice.output_name(output), column)
            for output, column in zip(indicator.outputs, values, strict=True)
        )
        return (*own, *self._in_hindsight())

    def nulls(self, columns: Iterable[Column]) -> dict[str, Any]:
        """Return why rows of the page are null."""
        given = self.choice.inputs
        others = () if given.against is None else (given.against,)
        return nulls.told(columns, self.page, given.lookback(self.choice.indicator), others)

    def _stored(self) -> tuple[Floats, ...]:
        edition, first, last = self.page.edition, self.page.first, self.page.last
        return tuple(edition.reader.column(name)[first:last] for name in self.choice.names)

    def _computed(self) -> tuple[Floats, ...]:
        given, indicator = self.choice.inputs, self.choice.indicator
        if given.is_column or given.against is not None:
            columns = given.columns(indicator, self.page.edition, self.page.symbol, self.page.adjust)
        else:
            columns = indicator.compute(self._bars(), on=given.on)
        return tuple(column[self.page.rows] for column in columns)

    def _in_hindsight(self) -> Iterator[Column]:
        hindsight = self.choice.indicator.hindsight
        if hindsight is None or not self.choice.include_noncausal:
            return
        columns = self.choice.indicator.compute_hindsight(self._bars(), on=self.choice.inputs.on)
        for output, column in zip(hindsight.outputs, columns, strict=True):
            yield measured(output, output.name, column[self.page.rows])

    def _bars(self) -> Bars:
        return self.page.edition.bars(self.page.symbol, self.page.adjust)


def choose(asked: Asked, desk: Desk, *, besides: tuple[str, ...] = ()) -> Choice:
    """Return an indicator that the tier has; `besides` are names that stand beside its parameters.

    Raises UnknownIndicator, UnknownProfile, BadParameter, UnknownSeries, or a Refusal of a name or of the tier.
    """
    indicator, names = _indicator(asked.id, tuple(asked.params.items()), asked.profile, besides)
    given = inputs(indicator, asked.on, asked.against, hindsight=asked.include_noncausal)
    require_indicators((indicator.id, *given.indicators), desk)
    return Choice(indicator, names, given, followed(indicator.id, asked.profile), asked.include_noncausal)


def resolved(choice: Choice, shown: Page) -> Found:
    """Return a page of an indicator; raises a Refusal of the symbol to compare with."""
    choice.inputs.require(shown.symbol, shown.edition)
    return Found(choice, shown)


def require_affordable(found: Iterable[Found]) -> None:
    """Raise a Refusal if it would take too long to compute all of it; what is stored needs not be."""
    spent = sum(one.cost for one in found)
    if spent > MOST_COST:
        raise Refusal(
            "batch-too-costly",
            f"computing this costs {spent:,}; allowed for one question: {MOST_COST:,}. What is stored costs nothing",
            cost=spent,
            most=MOST_COST,
        )


@lru_cache(maxsize=4096)
def _indicator(
    indicator_id: str, params: tuple[tuple[str, str | int | float], ...], profile: str, besides: tuple[str, ...]
) -> tuple[Indicator, tuple[str, ...]]:
    cls = declaration(indicator_id)
    own = declared(cls)
    known = {name for one in own for name in (one.name, *one.aliases)}
    for name, _ in params:
        if name not in known:
            raise unknown_parameter(name, (*(one.name for one in own), *besides))
    indicator = build(indicator_id, dict(params), profile)
    return indicator, indicator.column_names()
