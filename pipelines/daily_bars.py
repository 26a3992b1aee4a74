"""The daily bars: the newest delivery of each session, and the same adjusted for splits and dividends."""

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines import validation
from pipelines.adjust import adjust, unusable
from pipelines.amending import Kept, changed, code_of, frame, whole
from pipelines.reasons import JUMP
from warehouse.columns import gather
from warehouse.conforming import Columns
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, RAW_ACTIONS, RAW_BARS
from warehouse.history import History, days_of
from warehouse.work import Check, Version, WorkStore

RAW, DAILY, ADJUSTED, ACTIONS = RAW_BARS.name, DAILY_BARS.name, DAILY_BARS_ADJUSTED.name, RAW_ACTIONS.name
SHOWN = 5  # leaps that a check names


def bars(store: WorkStore) -> Version:
    """Keep the newest delivery of each symbol's session."""
    recipe, raw = code_of(__name__), store.history(RAW)
    changes = changed(store, DAILY_BARS, RAW, recipe)
    if changes is None:
        return store.write(DAILY_BARS, _newest(raw.all_rows()), inputs=[RAW], recipe=recipe)
    since = raw.days_at(changes)
    rows = _newest(raw.beyond(raw.before(since)))
    return store.amend(DAILY_BARS, store.history(DAILY).before(since), rows, inputs=[RAW], recipe=recipe)


def _newest(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return the last of the rows of each symbol's session."""
    codes, days = rows.column("symbol").indices.to_numpy(), days_of(rows)
    last = np.append((np.diff(codes) != 0) | (np.diff(days) != 0), np.ones(min(1, len(codes)), np.bool_))
    return gather((rows,), np.flatnonzero(last))


def check(store: WorkStore) -> tuple[Check, ...]:
    """Validate what has changed since all was found sound, and keep the verdicts for whoever publishes."""
    version, history = store.version(DAILY), store.history(DAILY)
    if version.checks and version.sound == version.version:
        return version.checks
    changes = store.changes(DAILY, version.sound) if version.sound else None
    # The row before the changed ones is looked at, too: a key must not come twice.
    rows = (
        history.beyond({name: max(0, count - 1) for name, count in changes.items()}) if changes else history.all_rows()
    )
    checks = validation.validate(DAILY_BARS, frame(rows))
    store.record_checks(DAILY, checks)
    return checks


def adjusted(store: WorkStore) -> Version:
    """Adjust the daily bars for the newest delivery of each split and dividend.

    Bars that only go on from the others are told as traded; where a bar or an action of before changed, or an action
    takes effect, the whole history of its symbol is adjusted anew.
    """
    recipe, daily, actions = code_of(__name__, adjust.__module__), store.history(DAILY), _actions(store)
    of_bars, of_actions = (changed(store, DAILY_BARS_ADJUSTED, source, recipe) for source in (DAILY, ACTIONS))
    made_of = {"inputs": [DAILY, ACTIONS], "recipe": recipe}
    if of_bars is None or of_actions is None:
        return store.write(DAILY_BARS_ADJUSTED, _adjusted(daily.all_rows(), actions), **made_of)
    before = store.history(ADJUSTED)
    anew = {*of_actions, *_changed_before(of_bars, before), *_taking_effect(of_bars, daily, actions)}
    kept = {**of_bars, **whole(anew & {*daily.layout.symbols, *before.layout.symbols})}
    acting = actions.filter(pl.col("symbol").is_in(anew))
    return store.amend(DAILY_BARS_ADJUSTED, kept, _adjusted(daily.beyond(kept), acting), **made_of)


def _adjusted(rows: pa.RecordBatch, actions: pl.DataFrame) -> Columns:
    bars_ = pl.DataFrame(pl.from_arrow(rows))
    found = adjust(bars_.drop("batch"), actions)
    computed = DAILY_BARS_ADJUSTED.column_names[len(DAILY_BARS_ADJUSTED.key) :]
    return {
        **{name: rows.column(name) for name in DAILY_BARS_ADJUSTED.key},
        **{name: found[name].to_numpy() for name in computed},
    }


def _actions(store: WorkStore) -> pl.DataFrame:
    """Return the newest delivery of each action."""
    actions = frame(store.read(ACTIONS))
    return actions.unique(("symbol", "ex_date", "kind"), keep="last", maintain_order=True)


def _changed_before(of_bars: Kept, before: History) -> set[str]:
    """Return the symbols that did not only get new bars."""
    had = dict(zip(before.layout.symbols, before.layout.lengths.tolist(), strict=True))
    return {name for name, count in of_bars.items() if count == 0 or count < had.get(name, 0)}


def _taking_effect(of_bars: Kept, daily: History, actions: pl.DataFrame) -> set[str]:
    """Return the symbols that have an action after the last bar kept, and a bar on its ex-date or later."""
    last_kept = daily.days_at({name: count - 1 for name, count in of_bars.items()})
    newest = dict(zip(daily.layout.symbols, daily.last_days().tolist(), strict=True))
    acting = actions.select("symbol", pl.col("ex_date").to_physical()).filter(pl.col("symbol").is_in(last_kept))
    return {name for name, day in acting.iter_rows() if last_kept[name] < day <= newest[name]}


def check_adjusted(store: WorkStore) -> tuple[Check, ...]:
    """Tell which dividends could not be used, and which leaps no split explains; both block nothing."""
    traded = pl.DataFrame(pl.from_arrow(store.read(DAILY, ("symbol", "date", "close"))))
    left_out = unusable(traded, _actions(store)).select("symbol", "ex_date", "value").rows()
    detail = f"dividends not below the price before them: {left_out}" if left_out else ""
    leaps = _leaps(pl.DataFrame(pl.from_arrow(store.read(ADJUSTED, ("symbol", "date", "close"))))).rows()
    told = f"{len(leaps)} closes are {JUMP:g} times the one before or a {JUMP:g}th of it, such as {leaps[:SHOWN]}"
    checks = (
        Check("actions_usable", passed=not left_out, blocking=False, detail=detail),
        Check("leaps_explained", passed=not leaps, blocking=False, detail=told if leaps else ""),
    )
    store.record_checks(ADJUSTED, checks)
    return checks


def _leaps(bars_: pl.DataFrame) -> pl.DataFrame:
    above = pl.when(pl.col("symbol") == pl.col("symbol").shift()).then(pl.col("close").shift())
    leap = (pl.col("close") >= JUMP * pl.col("above")) | (pl.col("close") * JUMP <= pl.col("above"))
    return bars_.with_columns(above=above).filter(leap).select("symbol", "date", "above", "close")
