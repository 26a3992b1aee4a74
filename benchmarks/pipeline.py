"""From landing to published snapshot: against DuckDB's own load of the same columns, and against one session more.

Each run is `kalpi run` in a process of its own, so that its peak memory is its own. The larger universe needs 50 GB of
disk; others are measured by `python -m benchmarks.pipeline --small 100 --large 400`.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.feather
from rich.console import Console

from benchmarks.engine import SESSIONS
from benchmarks.report import Measure, show
from pipelines import synthetic
from warehouse import snapshots
from warehouse.database import ROW_GROUP
from warehouse.home import Home

SMALL, LARGE = 500, 2_000
OVER_LOAD, OVER_SMALL, OF_FULL, GIGABYTES = 1.6, 4.3, 0.12, 6.0
_RUN = """
import json, resource, sys, time
from pathlib import Path
from pipelines.run import refresh
from warehouse.home import Home
begun = time.perf_counter()
outcome = refresh(Home(Path(sys.argv[1])))
assert outcome.success, outcome.failures
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"seconds": time.perf_counter() - begun, "gigabytes": peak / 2**20}))
"""


class Run(msgspec.Struct, frozen=True):
    """How long a run took, and the most memory that one of its processes had."""

    seconds: float
    gigabytes: float


class Figures(msgspec.Struct, frozen=True):
    """A universe's runs from nothing and with one session more, and DuckDB's load of what the first one published."""

    symbols: int
    full: Run
    session: Run
    load: float


def measure(runs: int = 1, small: int = SMALL, large: int = LARGE) -> list[Measure]:
    """Measure a universe and a larger one once each, whatever is asked for: a run takes minutes."""
    del runs
    few, many = universe(small), universe(large)
    over_load, over_small = few.full.seconds / few.load, many.full.seconds / few.full.seconds
    most = max(one.gigabytes for one in (few.full, few.session))
    target = OVER_SMALL * large / (4 * small)
    return [
        _measure(
            f"{few.symbols} x {SESSIONS} bars from landing to snapshot, over DuckDB's load of the same columns",
            (few.full.seconds, few.load),
            over_load,
            OVER_LOAD,
        ),
        Measure("its peak memory", f"{most:.1f} GiB", "", None, f"at most {GIGABYTES:g} GiB", most <= GIGABYTES),
        _measure(
            f"{many.symbols} symbols, over {few.symbols}", (many.full.seconds, few.full.seconds), over_small, target
        ),
        *(
            _measure(
                f"one more session of {one.symbols} symbols, over the run from nothing",
                (one.session.seconds, one.full.seconds),
                one.session.seconds / one.full.seconds,
                OF_FULL,
            )
            for one in (few, many)
        ),
    ]


def _measure(case: str, seconds: tuple[float, float], ratio: float, target: float) -> Measure:
    ours, peer = (f"{each:.1f} s" for each in seconds)
    return Measure(case, ours, peer, ratio, f"at most {target:.3g}", ratio <= target)


def universe(symbols: int) -> Figures:
    """Run an invented universe but for its last session, then with it."""
    with tempfile.TemporaryDirectory(prefix="kalpi-bench-") as folder:
        home = Home(Path(folder))
        home.landing.mkdir(parents=True)
        bars, actions = synthetic.universe(symbols=symbols, sessions=SESSIONS + 1, seed=1)
        newest = pl.col("date") == bars["date"].max()
        actions.write_parquet(home.landing / "actions.parquet")
        bars.filter(~newest).write_parquet(home.landing / "bars.parquet")
        full = _run(home)
        load = _load(home)
        bars.filter(newest).write_parquet(home.landing / "session.parquet")
        return Figures(symbols, full, _run(home), load)


def _run(home: Home) -> Run:
    asked = [sys.executable, "-c", _RUN, str(home.root)]
    found = subprocess.run(asked, check=True, capture_output=True, text=True)
    return msgspec.json.decode(found.stdout.splitlines()[-1], type=Run)


def _load(home: Home) -> float:
    """Load every served table, one after the other, from memory into a DuckDB file, and return the seconds it took."""
    serving = home.snapshots / snapshots.current_id(home) / snapshots.SERVING
    taken = 0.0
    with tempfile.TemporaryDirectory(dir=home.root) as folder, duckdb.connect(f"{folder}/load.duckdb") as connection:
        for number, path in enumerate(sorted(serving.rglob("*.*.arrow"))):
            rows: pa.Table = pyarrow.feather.read_table(path, memory_map=False)
            begun = time.perf_counter()
            reader = pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches(max_chunksize=ROW_GROUP))
            connection.register("incoming", reader)
            connection.execute(f"create table t{number} as select * from incoming")
            taken += time.perf_counter() - begun
        begun = time.perf_counter()
        connection.execute("checkpoint")
        return taken + time.perf_counter() - begun


def main(given: Sequence[str] | None = None) -> None:
    """Measure universes of a size that fits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE)
    asked = parser.parse_args(given)
    show(measure(small=asked.small, large=asked.large), Console())


if __name__ == "__main__":
    main()
