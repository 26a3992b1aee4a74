"""The tools: what each is asked, and what it answers, as JSON within a budget of tokens."""

from typing import Annotated

import polars as pl
from pydantic import Field

from kalpi.mcp import budget
from kalpi_client import AsyncClient, Page, Rows, answers, questions

Symbol = Annotated[str, Field(description="A ticker, in capitals.")]
Day = Annotated[str, Field(description="A session, YYYY-MM-DD, or `latest`, the newest one.")]
Budget = Annotated[
    int, Field(ge=200, le=20_000, description="The most tokens of the answer; what did not fit is told in `loss`.")
]
IndicatorId = Annotated[str, Field(description="An indicator's id, such as `rsi`; `catalogue` has all.")]
Params = Annotated[
    dict[str, int | float | str],
    Field(
        default_factory=dict, description="The indicator's parameters, such as {'period': 9}; the rest are defaults."
    ),
]
_ABOUT = ("symbol", "interval", "adjust", "indicator", "params", "on", "snapshot", "data_through", "warmup", "source")
_BARS = 250


class Tools:
    """What a model can ask of a server."""

    def __init__(self, kalpi: AsyncClient) -> None:
        self._kalpi = kalpi

    async def catalogue(
        self,
        search: Annotated[str, Field(description="Words of an id, a title or a meaning; without any, all.")] = "",
        budget_tokens: Budget = 2_000,
    ) -> str:
        """Find indicators: parameters with bounds and defaults, outputs with units, stored columns."""
        words = search.lower().split()
        found = [
            one
            for one in await self._kalpi.indicators()
            if all(word in f"{one.id} {one.title} {one.meaning} {one.family}".lower() for word in words)
        ]
        rows = pl.DataFrame([_entry(one) for one in found], schema=_ENTRY)
        return budget.fitted({"indicators": len(found)}, rows, budget_tokens, in_time=False)

    async def lookup(
        self,
        symbols: Annotated[list[str], Field(min_length=1, max_length=500, description="Tickers, in capitals.")],
        columns: Annotated[
            list[str],
            Field(description="`open`, `high`, `low`, `close`, `volume`, and any that are stored, such as `rsi_14`."),
        ],
        at: Day = "latest",
        budget_tokens: Budget = 2_000,
    ) -> str:
        """Look up columns of symbols on one day; a symbol that has none says why in `problem`."""
        page = await self._page(questions.at(symbols, at, columns))
        told = {name: page.told[name] for name in ("snapshot", "data_through")}
        frame = page.frame if page.problems else page.frame.drop("problem")
        return budget.fitted(told, frame, budget_tokens, in_time=False)

    async def series(
        self,
        *,
        symbol: Symbol,
        indicator: IndicatorId,
        params: Params,
        start: Annotated[str | None, Field(description="The first day, YYYY-MM-DD; else the newest rows come.")] = None,
        end: Annotated[str | None, Field(description="The last day, YYYY-MM-DD.")] = None,
        limit: Annotated[int, Field(ge=1, le=10_000, description="The most rows.")] = _BARS,
        interval: Annotated[questions.Interval, Field(description="What a bar covers: day, week, month.")] = "1d",
        on: Annotated[str, Field(description="The input: `close`, `hl2`, ..., or a stored column.")] = "close",
        against: Annotated[str | None, Field(description="The other symbol, where an indicator takes two.")] = None,
        budget_tokens: Budget = 2_000,
    ) -> str:
        """Compute an indicator over days, on the whole history whatever days are shown."""
        asked = questions.series(
            symbol,
            indicator,
            interval=interval,
            start=start,
            end=end,
            limit=limit,
            on=on,
            against=against,
            params=params,
        )
        page = await self._page(asked)
        told = {name: page.told[name] for name in _ABOUT if name in page.told}
        return budget.fitted(told, page.frame, budget_tokens, in_time=True)

    async def screen(
        self,
        *,
        where: Annotated[str, Field(description="The condition, such as `rsi_14 < 30 and close > sma(close, 200)`.")],
        select: Annotated[list[str], Field(default_factory=list, description="Columns to show: expressions.")],
        at: Day = "latest",
        order_by: Annotated[str | None, Field(description="An expression; a minus before it turns the order.")] = None,
        limit: Annotated[int, Field(ge=1, le=10_000, description="The most hits shown; all are counted.")] = 100,
        budget_tokens: Budget = 2_000,
    ) -> str:
        """Find the symbols that meet a condition on a day."""
        page = await self._page(questions.screen(where, at=at, select=select, order_by=order_by, limit=limit))
        told = {name: page.told[name] for name in ("where", "snapshot", "data_through", "universe", "hits")}
        return budget.fitted(told, page.frame, budget_tokens, in_time=False)

    async def explain(
        self,
        *,
        symbol: Symbol,
        indicator: IndicatorId,
        params: Params,
        at: Day = "latest",
        budget_tokens: Budget = 2_000,
    ) -> str:
        """Say where a value comes from: definition, parameters, warm-up, the last bars, the checks of the snapshot."""
        day = None if at == "latest" else at
        one = await self._kalpi.indicator(indicator)
        page = await self._page(questions.series(symbol, indicator, end=day, limit=1, params=params))
        (row,) = page.frame.to_dicts()
        about = {name: page.told[name] for name in _ABOUT if name in page.told}
        lookback = max(1, int(page.told["warmup"]["lookback"]) + 1)  # ty: ignore[not-subscriptable]
        asked = questions.bars(symbol, end=day, limit=min(lookback, _BARS), snapshot=page.snapshot)
        bars = await self._page(asked)
        told = {
            "value": row,
            "definition": {name: getattr(one, name) for name in ("title", "meaning", "formula", "memory", "source")},
            **about,
            "checks": await self._checks(page.snapshot),
            "bars": "the last of the bars that it is computed on",
        }
        return budget.fitted(told, bars.frame, budget_tokens, in_time=True)

    async def _page(self, rows: Rows) -> Page:
        """Return the first page of a question, which has all that its limit allows."""
        return await self._kalpi.ask(rows.call)

    async def _checks(self, snapshot: str) -> dict[str, int] | None:
        """Return how many checks a snapshot's tables had, and how many passed."""
        for one in await self._kalpi.snapshots():
            if one.id == snapshot:
                return {name: sum(getattr(each, name) for each in one.tables) for name in ("checks", "passed")}
        return None


_ENTRY = {
    "id": pl.String,
    "title": pl.String,
    "parameters": pl.String,
    "outputs": pl.String,
    "lookback": pl.Int64,
    "stored": pl.String,
}


def _entry(one: answers.Indicator) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "parameters": "; ".join(map(_parameter, one.parameters)),
        "outputs": ", ".join(f"{each.name} ({each.unit})" for each in one.outputs),
        "lookback": one.lookback,
        "stored": ", ".join(one.stored),
    }


def _parameter(one: answers.Parameter) -> str:
    bounds = " or ".join(one.choices) if one.choices else f"{one.minimum} to {one.maximum}"
    return f"{one.name} = {one.default} ({bounds})"
