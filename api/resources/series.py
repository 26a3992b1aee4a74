"""GET /v1/symbols/{symbol}/indicators/{id}: stored values where they are stored, else computed on all history."""

from functools import cache
from typing import Annotated

from msgspec import Meta

from api import cursors
from api.access import require_indicators
from api.desk import Desk
from api.questions import Stretch, parameters, unknown_parameter
from api.reply import Reply, tag_of
from api.resources import stretch
from api.resources.stretch import Floats
from api.stretches import Page, page
from indicators import SERIES, STORED, BadParameter, Indicator, UnknownSeries, build
from indicators import parameters as declared
from indicators.catalogue import declaration

IndicatorId = Annotated[str, Meta(description="The indicator's id in the catalogue.", examples=["rsi"])]


class SeriesQuestion(Stretch, kw_only=True):
    """An indicator over a stretch of history; names not listed here are the indicator's own parameters."""

    id: IndicatorId
    params: dict[str, str]
    on: Annotated[str, Meta(description=f"The input series: {', '.join(SERIES)}.")] = "close"


_OWN = tuple(name for name in parameters(SeriesQuestion) if name not in {"symbol", "id"})


def series(question: SeriesQuestion, desk: Desk) -> Reply:
    """Return an indicator's columns."""
    indicator = _indicator(question)
    require_indicators((indicator.id,), desk)
    names = indicator.column_names()
    asked = cursors.fingerprint(*names, question.symbol, question.on, question.adjust, question.start, question.end)
    shown = page(question, asked, desk)
    stored = _is_stored(question, indicator, shown)

    def render() -> bytes:
        values = _stored(names, shown) if stored else _computed(indicator, question, shown)
        outputs = (indicator.id,) if len(names) == 1 else tuple(output.name for output in indicator.outputs)
        told = {
            "indicator": indicator.id,
            "params": indicator.params(),
            "on": question.on if indicator.takes_on else None,
            "source": "stored" if stored else "computed",
            "warmup": {
                "memory": indicator.memory,
                "lookback": indicator.lookback(),
                "bars_before": shown.before,
            },
        }
        return stretch.render(question, shown, told, dict(zip(outputs, values, strict=True)))

    return Reply(render, tag_of(shown.edition.id, f"{asked}|{shown.first}|{shown.last}|{shown.next_cursor}"))


def _indicator(question: SeriesQuestion) -> Indicator:
    cls = declaration(question.id)
    for name in question.params:
        if name not in _known(cls):
            raise unknown_parameter(name, (*cls.__struct_fields__, *_OWN))
    if question.on not in SERIES:
        raise UnknownSeries(question.on)
    if question.on != "close" and not cls.takes_on:
        raise BadParameter("on", question.on, f"{cls.id} has fixed inputs ({', '.join(cls.inputs)}): leave it out")
    return build(question.id, question.params)


@cache
def _known(cls: type[Indicator]) -> frozenset[str]:
    return frozenset(name for one in declared(cls) for name in (one.name, *one.aliases))


def _is_stored(question: SeriesQuestion, indicator: Indicator, shown: Page) -> bool:
    usual = question.on == "close" and question.adjust == "split"
    return usual and all(name in shown.edition.reader.columns for name in STORED.get(indicator, ("",)))


def _stored(names: tuple[str, ...], shown: Page) -> tuple[Floats, ...]:
    return tuple(shown.edition.reader.column(name)[shown.first : shown.last] for name in names)


def _computed(indicator: Indicator, question: SeriesQuestion, shown: Page) -> tuple[Floats, ...]:
    bars = shown.edition.bars(question.symbol, question.adjust)
    return tuple(column[shown.rows] for column in indicator.compute(bars, on=question.on))
