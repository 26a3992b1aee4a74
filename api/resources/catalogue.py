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
from indicators import Elsewhere, Indicator, catalogue, declaration, describe
from warehouse.intervals import INTERVALS, IntervalName

_KINDS: dict[type, Literal["integer", "number", "string"]] = {int: "integer", float: "number", str: "string"}


class ParameterEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parameter with its bounds, both allowed, or its words."""

    name: str
    type: Literal["integer", "number", "string"]
    default: int | float | str
    minimum: int | float | None
    maximum: int | float | None
    description: str
    aliases: tuple[str, ...]
    choices: Annotated[tuple[str, ...], Meta(description="The words allowed, where it is no number.")] = ()
    convention: Annotated[
        bool, Meta(description="It settles which definition in use is meant; its default stands in no column's name.")
    ] = False


class OutputEntry(msgspec.Struct, frozen=True):
    """An output, and whether a rule may be built on it."""

    name: str
    unit: str
    description: str
    minimum: float | None
    maximum: float | None
    causal: Annotated[
        bool,
        Meta(description="No value depends on a later bar. Outputs that are not come with include_noncausal=true."),
    ]
    repaints: Annotated[bool, Meta(description="A value once told may change when later bars come.")]
    display_shift: Annotated[
        int, Meta(description="Bars ahead of the bar it is computed on that it stands at; below 0, behind it.")
    ]


class IndicatorEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as the catalogue tells it."""

    id: str
    title: str
    meaning: str
    formula: Annotated[str | None, Meta(description="The rule in symbols, where there is more to say.")]
    family: str
    inputs: Annotated[
        tuple[str, ...],
        Meta(description="Series read; `on` is the one the caller chooses, `against` another symbol's."),
    ]
    parameters: tuple[ParameterEntry, ...]
    outputs: tuple[OutputEntry, ...]
    profiles: Annotated[
        dict[str, dict[str, int | float | str]],
        Meta(description="All defaults by profile, for the profiles that have the indicator."),
    ]
    lookback: Annotated[int, Meta(description="Leading bars without a value, with the default parameters.")]
    memory: Literal["window", "convergent", "anchored"]
    settles_after: Annotated[
        int | None,
        Meta(description="Bars after which a millionth is left of where the history began; null if that never is so."),
    ]
    causal: Annotated[bool, Meta(description="Whether all outputs are.")]
    repaints: Annotated[bool, Meta(description="Whether an output does.")]
    elsewhere: Annotated[tuple[Elsewhere, ...], Meta(description="Names and defaults in other systems.")]
    stored: Annotated[tuple[str, ...], Meta(description="Stored columns of sessions, for point look-ups.")]
    stored_by_interval: Annotated[
        dict[IntervalName, tuple[str, ...]], Meta(description="Stored columns of each interval.")
    ]
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
    told = describe(cls)
    least = least_tier_for(cls.id, tiers)
    return IndicatorEntry(
        id=told.id,
        title=told.title,
        meaning=told.meaning,
        formula=told.formula,
        family=told.family,
        inputs=told.inputs,
        parameters=tuple(
            ParameterEntry(
                name=one.name,
                type=_KINDS[one.type],
                default=one.default,
                minimum=one.minimum,
                maximum=one.maximum,
                description=one.description,
                aliases=one.aliases,
                choices=one.choices,
                convention=one.convention,
            )
            for one in told.parameters
        ),
        outputs=tuple(
            OutputEntry(
                name=one.name,
                unit=one.unit,
                description=one.description,
                minimum=one.minimum,
                maximum=one.maximum,
                causal=one.causal,
                repaints=one.repaints,
                display_shift=told.display_shifts[one.name],
            )
            for one in told.outputs
        ),
        profiles=told.profiles,
        lookback=told.lookback,
        memory=told.memory,
        settles_after=told.settles_after,
        causal=told.causal,
        repaints=told.repaints,
        elsewhere=told.elsewhere,
        stored=told.stored,
        stored_by_interval={each.name: told.stored for each in INTERVALS},
        least_tier=least.name if least else None,
        source=told.source,
    )
