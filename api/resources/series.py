"""GET /v1/symbols/{symbol}/indicators/{id}: stored values where they are stored, else computed on all history."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta

from api import cursors
from api.access import require_indicators
from api.desk import Desk
from api.inputs import Inputs, inputs
from api.questions import Stretch, parameters, unknown_parameter
from api.reply import Reply, tag_of
from api.resources import stretch
from api.resources.stretch import Floats
from api.stretches import Page, page
from indicators import (
    PROFILES,
    SERIES,
    Bars,
    Indicator,
    build,
    declaration,
    followed,
    stored_names,
)
from indicators import parameters as declared

IndicatorId = Annotated[str, Meta(description="The indicator's id in the catalogue.", examples=["rsi"])]
ProfileName = Annotated[
    str,
    Meta(
        max_length=64,
        description=f"Whose defaults and conventions hold for what is not given: {' or '.join(PROFILES)}.",
    ),
]
OnName = Annotated[
    str, Meta(max_length=64, description=f"The input: {', '.join(SERIES)}, or any stored column, such as rsi_14.")
]
AgainstName = Annotated[
    Annotated[str, Meta(max_length=64)] | None,
    Meta(
        description="The symbol to compare with, where an indicator takes two, on the days that it has, too.",
        examples=["IBM"],
    ),
]
WithNoncausal = Annotated[
    bool, Meta(description="Whether to answer outputs, too, that stand on days before they were known.")
]


class SeriesQuestion(Stretch, kw_only=True):
    """An indicator over a stretch of history; names not listed here are the indicator's own parameters."""

    id: IndicatorId
    params: dict[str, str]
    on: OnName = "close"
    against: AgainstName = None
    profile: ProfileName = "talib"
    include_noncausal: WithNoncausal = False


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


_OWN = tuple(name for name in parameters(SeriesQuestion) if name not in {"symbol", "id"})


class Choice(msgspec.Struct, frozen=True):
    """An indicator with its parameters, on its input: what the same question of another symbol shares."""

    indicator: Indicator
    names: tuple[str, ...]
    inputs: Inputs
    profile: str
    include_noncausal: bool

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

    question: Stretch
    choice: Choice
    asked: str
    page: Page

    @property
    def stored(self) -> bool:
        """Whether the snapshot has the values."""
        usual = self.choice.inputs.are_usual and self.question.adjust == "split"
        names = stored_names().get(self.choice.indicator, ("",))
        return usual and self.page.edition.held.issuperset(names)

    def told(self) -> dict[str, Any]:
        """Return what a series says of itself beside its columns."""
        indicator, given = self.choice.indicator, self.choice.inputs
        return {
            "indicator": indicator.id,
            "params": indicator.params(),
            "profile": self.choice.profile,
            "on": given.on if indicator.takes_on else None,
            "against": given.against,
            "source": "stored" if self.stored else "computed",
            "warmup": {
                "memory": given.memory(indicator),
                "lookback": given.lookback(indicator),
                "bars_before": self.page.before,
            },
            "noncausal": self.choice.noncausal(),
        }

    def columns(self) -> dict[str, Floats]:
        """Return the values by output, of the page's rows."""
        indicator = self.choice.indicator
        outputs = (indicator.id,) if len(self.choice.names) == 1 else tuple(one.name for one in indicator.outputs)
        known = dict(zip(outputs, self._stored() if self.stored else self._computed(), strict=True))
        return known | self._in_hindsight()

    def _stored(self) -> tuple[Floats, ...]:
        edition, first, last = self.page.edition, self.page.first, self.page.last
        return tuple(edition.reader.column(name)[first:last] for name in self.choice.names)

    def _computed(self) -> tuple[Floats, ...]:
        given, indicator = self.choice.inputs, self.choice.indicator
        if given.is_column or given.against is not None:
            columns = given.columns(indicator, self.page.edition, self.question.symbol, self.question.adjust)
        else:
            columns = indicator.compute(self._bars(), on=given.on)
        return tuple(column[self.page.rows] for column in columns)

    def _in_hindsight(self) -> dict[str, Floats]:
        names = self.choice.noncausal()
        columns = self.choice.indicator.compute_hindsight(self._bars(), on=self.choice.inputs.on) if names else ()
        return {name: column[self.page.rows] for name, column in zip(names, columns, strict=True)}

    def _bars(self) -> Bars:
        return self.page.edition.bars(self.question.symbol, self.question.adjust)


def series(question: SeriesQuestion, desk: Desk) -> Reply:
    """Return an indicator's columns."""
    choice = choose(question, desk, besides=_OWN)
    found = find(question, choice, desk)
    page = found.page
    return Reply(
        lambda: stretch.render(question, page, found.told(), found.columns()),
        tag_of(page.edition.id, f"{found.asked}|{page.first}|{page.last}|{page.next_cursor}"),
    )


def choose(asked: Asked, desk: Desk, *, besides: tuple[str, ...] = ()) -> Choice:
    """Return an indicator that the tier has; `besides` are names that stand beside its parameters.

    Raises UnknownIndicator, UnknownProfile, BadParameter, UnknownSeries, or a Refusal of a name or of the tier.
    """
    indicator, names = _indicator(asked.id, tuple(asked.params.items()), asked.profile, besides)
    given = inputs(indicator, asked.on, asked.against, hindsight=asked.include_noncausal)
    require_indicators((indicator.id, *given.indicators), desk)
    return Choice(indicator, names, given, followed(indicator.id, asked.profile), asked.include_noncausal)


def find(question: Stretch, choice: Choice, desk: Desk) -> Found:
    """Return the rows that answer a question; raises what `page` raises, or a Refusal of the other symbol."""
    told = (*choice.names, choice.inputs.on, choice.inputs.against, choice.profile, choice.include_noncausal)
    rows = (question.symbol, question.interval, question.adjust, question.start, question.end)
    asked = cursors.fingerprint(*told, *rows)
    shown = page(question, asked, desk)
    choice.inputs.require(question.symbol, shown.edition)
    return Found(question, choice, asked, shown)


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
