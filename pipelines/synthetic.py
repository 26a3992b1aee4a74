"""A seeded universe of invented bars with everything that goes wrong in real ones, for scale and never for show.

Symbols bear the prefix `SYN` and a number, which no exchange uses, and actions the source `synthetic`: rows that got
among real ones are told apart by name.

    python -m pipelines.synthetic FOLDER --symbols 500 --sessions 2520 --seed 1
"""

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

PREFIX = "SYN"
SYMBOL = rf"^{PREFIX}\d{{4,}}$"  # tells invented symbols from real ones, SYNA among them
LAST_SESSION = date(2025, 12, 31)

Matrix = npt.NDArray[np.float64]  # (symbols, sessions)
Mask = npt.NDArray[np.bool_]

_JUMPS = 1 / 400  # chance of an earnings-like gap, for each session
_SPLITS = 1 / 1_000
_SPLIT_RATIOS = (2.0, 3.0, 1.5, 0.1)
_SPLIT_CHANCES = (0.6, 0.15, 0.15, 0.1)
_HALTS = 1 / 400
_LONGEST_HALT = 5  # sessions
_SILENT = 0.5  # of the symbols leave their halted sessions out; the others show flat bars
_LATE_LISTINGS = 0.2  # of the symbols
_DELISTINGS = 0.1
_PAYERS = 0.5
_QUARTER = 63  # sessions
_TICK = 1e-4


@dataclass(frozen=True)
class _World:
    """What happens to each symbol on each session; `ratio` is 1 where nothing splits."""

    listed: Mask
    silent: Mask  # halted, and the session is missing
    frozen: Mask  # halted, and the session has a flat bar without volume
    ratio: Matrix
    yields: Matrix  # dividend / close before, 0 where none is paid


def universe(*, symbols: int, sessions: int, seed: int, last: date = LAST_SESSION) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return bars as traded and their corporate actions, in the columns of `data/sample/`, sorted by symbol and date.

    Sessions are the Mondays to Fridays up to `last`. The same arguments give the same rows.
    """
    if symbols < 1 or sessions < 1:
        raise ValueError(f"asked for {symbols} symbols and {sessions} sessions; at least 1 of each is needed")
    rng = np.random.default_rng(seed)
    world = _world(rng, (symbols, sessions))
    columns = _bars(rng, world)
    width = max(4, len(str(symbols)))
    names = pl.Series("symbol", [f"{PREFIX}{number:0{width}}" for number in range(1, symbols + 1)])
    days = np.busday_offset(np.datetime64(last), np.arange(1 - sessions, 1), roll="backward")
    traded = world.listed & ~world.silent
    bars = _keyed(names, days, traded, "date").with_columns(
        *(pl.Series(name, values[traded]) for name, values in columns.items())
    )
    return bars, _actions(names, days, world, columns["close"])


def write(folder: Path, *, symbols: int, sessions: int, seed: int) -> tuple[Path, Path]:
    """Write a universe as `synthetic-bars.parquet` and `synthetic-actions.parquet`, ready to be taken in."""
    paths = folder / "synthetic-bars.parquet", folder / "synthetic-actions.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    for frame, path in zip(universe(symbols=symbols, sessions=sessions, seed=seed), paths, strict=True):
        frame.write_parquet(path, compression="zstd")
    return paths


def _world(rng: np.random.Generator, shape: tuple[int, int]) -> _World:
    symbols, sessions = shape
    day = np.arange(sessions)
    first = np.where(rng.random(symbols) < _LATE_LISTINGS, rng.integers(0, sessions, symbols), 0)
    final = np.where(rng.random(symbols) < _DELISTINGS, rng.integers(first, sessions), sessions - 1)
    listed = (day >= first[:, None]) & (day <= final[:, None])

    begins = rng.random(shape) < _HALTS
    length = rng.integers(1, _LONGEST_HALT + 1, shape)
    halted = np.zeros(shape, np.bool_)
    for age in range(min(_LONGEST_HALT, sessions)):
        halted[:, age:] |= (begins & (length > age))[:, : sessions - age]
    halted[np.arange(symbols), first] = False  # so that every symbol has a bar
    missing = rng.random(symbols)[:, None] < _SILENT

    ratio = np.where(rng.random(shape) < _SPLITS, rng.choice(_SPLIT_RATIOS, shape, p=_SPLIT_CHANCES), 1.0)
    pays = (rng.random(symbols)[:, None] < _PAYERS) & (
        (day + rng.integers(0, _QUARTER, symbols)[:, None]) % _QUARTER == 0
    )
    yields = np.where(pays, rng.uniform(0.002, 0.01, symbols)[:, None], 0.0)
    inside = listed & (day > first[:, None])  # an action needs a bar before it
    return _World(
        listed, halted & missing, halted & ~missing, np.where(inside, ratio, 1.0), np.where(inside, yields, 0.0)
    )


def _bars(rng: np.random.Generator, world: _World) -> dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64]]:
    """Return open, high, low, close and volume as traded: a random walk with a common factor, jumps and halts."""
    symbols, sessions = shape = world.listed.shape
    moving = ~(world.silent | world.frozen)
    scale = rng.uniform(0.006, 0.025, symbols)[:, None] * moving
    market = 0.007 * rng.standard_t(4, sessions) * moving
    jumps = np.where(rng.random(shape) < _JUMPS, rng.normal(0, 0.1, shape), 0.0) * moving
    overnight = 0.4 * scale * rng.standard_normal(shape) + jumps
    intraday = scale * rng.standard_normal(shape) + rng.uniform(0.5, 1.5, symbols)[:, None] * market
    start = np.log(rng.uniform(10, 200, symbols))[:, None]
    close = start + np.cumsum(overnight + intraday, axis=1)
    opening = close - intraday
    spread = 0.5 * scale
    high = np.maximum(opening, close) + spread * np.abs(rng.standard_normal(shape))
    low = np.minimum(opening, close) - spread * np.abs(rng.standard_normal(shape))

    later_splits = np.ones(shape)  # product of the ratios with ex-date after the session
    later_splits[:, :-1] = np.cumprod(world.ratio[:, :0:-1], axis=1)[:, ::-1]
    prices = {
        # Rounding is monotonic, so high stays the highest and low the lowest.
        name: np.maximum(np.round(np.exp(logs) * later_splits, 4), _TICK)
        for name, logs in (("open", opening), ("high", high), ("low", low), ("close", close))
    }
    activity = rng.uniform(11, 16, symbols)[:, None] + 0.4 * rng.standard_normal(shape) + 8 * np.abs(jumps)
    volume = np.where(moving, np.exp(activity) / later_splits, 0).astype(np.int64)
    return {**prices, "volume": volume}


def _actions(names: pl.Series, days: npt.NDArray[np.datetime64], world: _World, close: npt.NDArray) -> pl.DataFrame:
    cash = np.zeros_like(close)
    cash[:, 1:] = np.round(world.yields[:, 1:] * close[:, :-1] / world.ratio[:, 1:], 4)
    found = [
        _keyed(names, days, happens, "ex_date").with_columns(kind=pl.lit(kind), value=pl.Series(value[happens]))
        for kind, value, happens in (("split", world.ratio, world.ratio != 1), ("dividend", cash, cash > 0))
    ]
    return pl.concat(found).with_columns(source=pl.lit("synthetic")).sort("symbol", "ex_date", "kind")


def _keyed(names: pl.Series, days: npt.NDArray[np.datetime64], mask: Mask, day_name: str) -> pl.DataFrame:
    rows, columns = np.nonzero(mask)
    return pl.DataFrame([names.gather(rows), pl.Series(day_name, days[columns]).cast(pl.Date)])


def main() -> None:
    """Write a universe from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    for name, default in (("symbols", 500), ("sessions", 2_520), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"default {default}")
    given = parser.parse_args()
    write(given.folder, symbols=given.symbols, sessions=given.sessions, seed=given.seed)


if __name__ == "__main__":
    main()
