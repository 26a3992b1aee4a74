"""Three conditions over 5,000 symbols: the API's answer in time at the client, against DuckDB on the same snapshot."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import httpx2

from benchmarks import servers, universe
from benchmarks.report import Measure, interleaved
from indicators import build
from warehouse.home import Home

SYMBOLS, SESSIONS = 5_000, 2_520
STORED = [build("rsi", {}), build("sma", {"period": 200}), build("roc", {"period": 20})]
WHERE = "rsi_14 < 40 and close > sma_200 and volume > 100000"
MOST_MS = 15


def measure(runs: int = 5) -> list[Measure]:
    """Publish the universe, start a server, and ask both in turn."""
    with tempfile.TemporaryDirectory(prefix="kalpi-bench-") as folder, ExitStack() as stack:
        home = Home(Path(folder))
        universe.publish(home, STORED, symbols=SYMBOLS, sessions=SESSIONS)
        api, key, _ = stack.enter_context(servers.kalpi(home))
        client = stack.enter_context(httpx2.Client(base_url=api, headers={"X-API-Key": key}, timeout=60))
        peer = stack.enter_context(duckdb.connect(servers.database(home), read_only=True))
        peer.execute("set threads = 1")
        sessions = cycle(_sessions(peer))

        def ask(**rest: object) -> None:
            question = {"where": WHERE, "select": ["rsi_14", "close"], "order_by": "rsi_14", "limit": 100}
            client.post("/v1/screen", json={**question, **rest}).raise_for_status()

        times = interleaved(
            runs,
            {
                "day": lambda: _milliseconds(ask, 40),
                "other days": lambda: _milliseconds(lambda: ask(at=next(sessions)), 40),
                "peer": lambda: _milliseconds(lambda: _select(peer, next(sessions)), 10),
                "history": lambda: _milliseconds(lambda: ask(at={"start": "2017-01-02"}), 1),
                "computed": lambda: _milliseconds(lambda: ask(where="rsi(close, 9) < 30 and close > sma_200"), 1),
            },
        )
    return list(_measures(times))


def _measures(times: dict[str, float]) -> Iterator[Measure]:
    peer = f"DuckDB, 1 thread, {times['peer']:.1f} ms"
    for name, case in (("day", "newest session"), ("other days", "another session each time")):
        told = f"{times[name]:.1f} ms"
        met = times[name] <= MOST_MS
        yield Measure(
            f"screen of 5,000 symbols, {case}", told, peer, times["peer"] / times[name], f"at most {MOST_MS} ms", met
        )
    for name, case in (("history", "all sessions of nine years, counted"), ("computed", "an RSI that is not stored")):
        yield Measure(f"screen of 5,000 symbols, {case}", f"{times[name]:,.0f} ms", "", None, "none", met=True)


def _milliseconds(ask: Callable[[], object], times: int) -> float:
    """Return the median time of some questions."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begun)
    return 1_000 * median(taken)


def _sessions(peer: duckdb.DuckDBPyConnection) -> list[str]:
    found = peer.execute(
        "select distinct strftime(date, '%Y-%m-%d') from daily.bars where date >= '2022-01-01' using sample 300"
    )
    return [row[0] for row in found.fetchall()]


def _select(peer: duckdb.DuckDBPyConnection, day: str) -> list[tuple[Any, ...]]:
    return peer.execute(
        f"select symbol, rsi_14, close from daily.bars_adjusted join daily.stored using (symbol, date)"
        f" where date = cast(? as date) and {WHERE} order by rsi_14 limit 100",
        [day],
    ).fetchall()
