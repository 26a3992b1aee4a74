"""Homes that are fed with batches of an invented universe, without landing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import polars as pl

from pipelines import batches, ingest, steps, synthetic
from tests.world import MODELS, derive, describe
from warehouse import publish as publishing
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.snapshots import Batch, Manifest
from warehouse.work import WorkStore

Delivery = Mapping[str, pl.DataFrame]
"""Rows by kind, which come together."""

_LATE = "9999"  # their ids come after those of batches that were taken in


def deliver(home: Home, delivery: Delivery) -> None:
    """Accept each kind's rows as a batch."""
    for kind, frame in delivery.items():
        number = len(batches.batches(home)) + 1
        path = batches.rows_path(home, kind, f"{_LATE}{number:06d}-test")
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path)
        taken = datetime(2024, 1, 1, tzinfo=UTC)
        batches.record(home, Batch(path.stem, kind, f"{number}.parquet", str(number), frame.height, 0, taken))


def withdraw(home: Home, batch: Batch) -> None:
    """Take a batch back, as nobody does but by hand."""
    (home.raw / "batches" / f"{batch.id}.json").unlink()
    batches.rows_path(home, batch.kind, batch.id).unlink()


def publish(home: Home) -> Manifest:
    """Bring every table up to date, and publish all of them."""
    store = WorkStore(home)
    with writer_lock(home) as lock:
        derive(store)
        describe(store)
        return steps.publish(store, MODELS, lock)


def publish_derived(home: Home) -> Manifest:
    """Bring the bars and the indicators up to date, and publish these alone."""
    store = WorkStore(home)
    with writer_lock(home) as lock:
        derive(store)
        request = publishing.Request(tables=store.names(), catalogue_version="1", batches=ingest.batches(home))
        return publishing.publish(store, request, lock)


class Universe:
    """Some symbols' bars and actions, and what may happen to them after a first delivery, all but the last sessions."""

    def __init__(self, *, symbols: int = 9, sessions: int = 330) -> None:
        bars, self.actions = synthetic.universe(symbols=symbols, sessions=sessions, seed=5)
        self.bars = bars.cast({"volume": pl.Float64})
        self.days: list[date] = self.bars["date"].unique().sort().to_list()
        self.names: list[str] = self.bars["symbol"].unique().sort().to_list()
        start = self.days[-6]
        self.first = {
            "bars": self.bars.filter(pl.col("date") <= start),
            "actions": self.actions.filter(pl.col("ex_date") <= start),
        }

    def session(self, number: int, *, without: str = "") -> Delivery:
        """The bars of a session after the first delivery, counted from 1."""
        mine = (pl.col("date") == self.days[number - 6]) & (pl.col("symbol") != without)
        return {"bars": self.bars.filter(mine)}

    def rest(self) -> Delivery:
        """All that came after the first delivery, at once."""
        start = self.days[-6]
        return {
            "bars": self.bars.filter(pl.col("date") > start),
            "actions": self.actions.filter(pl.col("ex_date") > start),
        }

    def correction(self, symbol: int, row: int) -> Delivery:
        """One bar of the first delivery, with other prices."""
        mine = self.first["bars"].filter(pl.col("symbol") == self.names[symbol]).sort("date").slice(row, 1)
        return {"bars": mine.with_columns(pl.col("high", "close", "open") * 1.01)}

    def split_off(self, chosen: pl.Expr) -> tuple[Delivery, Delivery]:
        """The first delivery without some of its bars, and these by themselves."""
        bars = self.first["bars"]
        return {**self.first, "bars": bars.filter(~chosen)}, {"bars": bars.filter(chosen)}

    def action(self, kind: str, value: float, day: int) -> Delivery:
        """A split or a dividend of the second symbol."""
        told = {"symbol": self.names[1], "ex_date": self.days[day], "kind": kind, "value": value, "source": "test"}
        return {"actions": pl.DataFrame([told])}


def histories(of: Universe) -> Mapping[str, Sequence[Delivery]]:
    """Return what may happen: deliveries by name, after each of which tables are brought up to date."""
    late = (pl.col("symbol") == of.names[3]) & (pl.col("date") == of.days[150])
    listed = pl.col("symbol") == of.names[2]
    return {
        "a_session": (of.first, of.session(1)),
        "session_by_session": (of.first, *(of.session(number) for number in range(1, 6))),
        "several_sessions_and_their_actions": (of.first, of.rest()),
        "nothing": (of.first, {}),
        "a_correction_in_the_middle": (of.first, of.correction(2, 100)),
        "a_correction_of_the_newest_bar": (of.first, of.correction(2, -1)),
        "a_correction_of_the_oldest_bar": (of.first, of.correction(2, 0)),
        "a_late_bar": of.split_off(late),
        "a_new_symbol": of.split_off(listed),
        "a_split_in_the_past": (of.first, of.action("split", 3.0, 120)),
        "a_dividend": (of.first, of.action("dividend", 0.25, 80)),
        "a_split_told_before_it_takes_effect": (of.first, of.action("split", 3.0, -5), of.session(1)),
        "a_session_after_a_split": (of.first, of.action("split", 3.0, 120), of.session(1)),
        "a_delisting": (of.first, *(of.session(number, without=of.names[2]) for number in range(1, 6))),
        "a_halt": (of.first, of.session(1, without=of.names[2]), of.session(2), of.session(3)),
        "all_at_once": (
            of.first,
            of.correction(4, 30),
            {**of.session(1), **of.action("split", 2.0, -5)},
            of.correction(4, 31),
            of.session(2),
        ),
    }
