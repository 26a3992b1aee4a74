"""GET /v1/indicators and /v1/indicators/{id}: what there is, and how to ask for it."""

from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.accounts.tiers import Tier, least_tier_for
from api.desk import Desk
from api.questions import Nothing
from api.reply import Reply, whole
from api.resources.series import IndicatorId
from indicators import Indicator, Output, catalogue, parameters, stored
from indicators.catalogue import declaration

_KINDS: dict[type, Literal["integer", "number", "string"]] = {int: "integer", float: "number", str: "string"}


class ParameterEntry(msgspec.Struct, frozen=True):
    """A parameter with its bounds, both allowed, or its words."""

    name: str
    type: Literal["integer", "number", "string"]
    default: int | float | str
    minimum: int | float | None
    maximum: int | float | None
    choices: Annotated[tuple[str, ...], Meta(description="The words allowed, where it is no number.")]
    description: str
    aliases: tuple[str, ...]


class IndicatorEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as the catalogue tells it."""

    id: str
    title: str
    meaning: str
    family: str
    inputs: Annotated[tuple[str, ...], Meta(description="Series read; `on` is the one the caller chooses.")]
    parameters: tuple[ParameterEntry, ...]
    outputs: tuple[Output, ...]
    lookback: Annotated[int, Meta(description="Leading bars without a value, with the default parameters.")]
    memory: Literal["window", "convergent", "anchored"]
    stored: Annotated[tuple[str, ...], Meta(description="Stored columns, for point look-ups.")]
    least_tier: Annotated[str | None, Meta(description="The lowest tier that may ask for it.")]
    source: str


class Catalogue(msgspec.Struct, frozen=True):
    """All indicators, family by family."""

    items: tuple[IndicatorEntry, ...]
    next_cursor: str | None = None


class IndicatorQuestion(msgspec.Struct, kw_only=True):
    """One indicator."""

    id: IndicatorId


def indicators(_question: Nothing, desk: Desk) -> Reply:
    """Return the whole catalogue."""
    return _catalogue(desk.tiers())


def indicator(question: IndicatorQuestion, desk: Desk) -> Reply:
    """Return one indicator; raises UnknownIndicator."""
    return whole(_entry(declaration(question.id), desk.tiers()))


@lru_cache(maxsize=4)
def _catalogue(tiers: tuple[Tier, ...]) -> Reply:
    return whole(Catalogue(tuple(_entry(cls, tiers) for cls in catalogue())))


def _entry(cls: type[Indicator], tiers: tuple[Tier, ...]) -> IndicatorEntry:
    least = least_tier_for(cls.id, tiers)
    return IndicatorEntry(
        id=cls.id,
        title=cls.title,
        meaning=cls.meaning,
        family=cls.family,
        inputs=cls.inputs,
        parameters=tuple(
            ParameterEntry(
                name=one.name,
                type=_KINDS[one.type],
                default=one.default,
                minimum=one.minimum,
                maximum=one.maximum,
                choices=one.choices,
                description=one.description,
                aliases=one.aliases,
            )
            for one in parameters(cls)
        ),
        outputs=cls.outputs,
        lookback=cls().lookback(),
        memory=cls.memory,
        stored=tuple(name for one in stored() if type(one) is cls for name in one.column_names()),
        least_tier=least.name if least else None,
        source=cls.source,
    )
