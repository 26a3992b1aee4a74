"""GET /v1/symbols/{symbol}/indicators/{id}: stored values where they are stored, else computed on all history."""

from functools import lru_cache
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
from indicators import SERIES, STORED, BadParameter, Indicator, UnknownSeries, build, declaration
from indicators import parameters as declared

IndicatorId = Annotated[str, Meta(description="The indicator's id in the catalogue.", examples=["rsi"])]


class SeriesQuestion(Stretch, kw_only=True):
    """An indicator over a stretch of history; names not listed here are the indicator's own parameters."""

    id: IndicatorId
    params: dict[str, str]
    on: Annotated[str, Meta(description=f"The input series: {', '.join(SERIES)}.")] = "close"


_OWN = tuple(name for name in parameters(SeriesQuestion) if name not in {"symbol", "id"})


def series(question: SeriesQuestion, desk: Desk) -> Reply:
    """Return an indicator's columns."""
    indicator, names = _indicator(question.id, tuple(question.params.items()))
    _check_input(question, indicator)
    require_indicators((indicator.id,), desk)
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


@lru_cache(maxsize=4096)
def _indicator(indicator_id: str, params: tuple[tuple[str, str], ...]) -> tuple[Indicator, tuple[str, ...]]:
    """Return an indicator and its column names; raises UnknownIndicator, BadParameter, or a Refusal of a name."""
    cls = declaration(indicator_id)
    own = declared(cls)
    known = {name for one in own for name in (one.name, *one.aliases)}
    for name, _ in params:
        if name not in known:
            raise unknown_parameter(name, (*(one.name for one in own), *_OWN))
    indicator = build(indicator_id, dict(params))
    return indicator, indicator.column_names()


def _check_input(question: SeriesQuestion, indicator: Indicator) -> None:
    if question.on not in SERIES:
        raise UnknownSeries(question.on)
    if question.on != "close" and not indicator.takes_on:
        inputs = ", ".join(indicator.inputs)
        raise BadParameter("on", question.on, f"{indicator.id} has fixed inputs ({inputs}): leave it out")


def _is_stored(question: SeriesQuestion, indicator: Indicator, shown: Page) -> bool:
    usual = question.on == "close" and question.adjust == "split"
    return usual and all(name in shown.edition.reader.columns for name in STORED.get(indicator, ("",)))


def _stored(names: tuple[str, ...], shown: Page) -> tuple[Floats, ...]:
    return tuple(shown.edition.reader.column(name)[shown.first : shown.last] for name in names)


def _computed(indicator: Indicator, question: SeriesQuestion, shown: Page) -> tuple[Floats, ...]:
    bars = shown.edition.bars(question.symbol, question.adjust)
    return tuple(column[shown.rows] for column in indicator.compute(bars, on=question.on))
