"""One gunicorn worker on one core: a metered point lookup against its limit and its peers; series; memory."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import psutil

from benchmarks import servers
from benchmarks.report import Measure, interleaved

LONG = 2_000  # bars of a series
SYMBOL, DAY = "SYN0001", "2024-06-03"
KEY = {"symbol": SYMBOL, "date": DAY}
COLUMNS = [("_col", "rsi_14"), ("_col", "close"), ("_shape", "array")]
SQL = {"sql": "select rsi_14, close from lookup where symbol = :symbol and date = :date"}
# Datasette's ways to these two values: columns of a table's rows, the whole row by its key, and SQL of one's own
DATASETTE = {
    "columns of a row": f"/lookup.json?{urlencode([*KEY.items(), *COLUMNS])}",
    "whole row": f"/lookup/{SYMBOL},{DAY}.json?_shape=objects",
    "SQL": f".json?{urlencode(SQL | KEY)}",
}
SHORT_RUN, MEMORY_MB, COUNTING = 2.0, 200, 0.35


def measure(runs: int = 5, seconds: float = SHORT_RUN) -> list[Measure]:
    """Start every server, then ask them in turn."""
    with tempfile.TemporaryDirectory(prefix="kalpi-bench-") as folder, ExitStack() as stack:
        home = servers.build_home(Path(folder))
        api, key, worker = stack.enter_context(servers.kalpi(home))
        bare = stack.enter_context(servers.gunicorn("benchmarks.bare:application"))
        unmetered = stack.enter_context(servers.gunicorn("benchmarks.unmetered:application", **_places(worker)))
        prepared = stack.enter_context(
            servers.gunicorn("benchmarks.prepared:application", KALPI_BENCH_DB=servers.database(home))
        )
        datasette = stack.enter_context(servers.datasette(home))
        point = f"/v1/symbols/{SYMBOL}/at/{DAY}?columns=rsi_14,close"
        series = f"{api}/v1/symbols/{SYMBOL}/indicators/rsi?limit={LONG}"

        def rate(url: str, *, metered: bool = False) -> float:
            return servers.load(url, seconds=seconds, key=key if metered else None).rate

        rates = interleaved(
            runs,
            {
                "kalpi": lambda: rate(f"{api}{point}", metered=True),
                "bare": lambda: rate(bare),
                "unmetered": lambda: rate(f"{unmetered}{point}", metered=True),
                "prepared": lambda: rate(f"{prepared}/{SYMBOL}/{DAY}"),
                **{way: lambda path=path: rate(f"{datasette}/peer{path}") for way, path in DATASETTE.items()},
                "stored": lambda: rate(f"{series}&period=14", metered=True),
                "computed": lambda: rate(f"{series}&period=13", metered=True),
            },
        )
        private = worker.memory_full_info().uss / 1e6
    told = {name: f"{figure:,.0f}/s" for name, figure in rates.items()}
    lookup = "metered point lookup, 8 connections"
    counting = rates["bare"] / rates["kalpi"] - rates["bare"] / rates["unmetered"]
    return [
        _ratio(lookup, told["kalpi"], f"bare Falcon {told['bare']}", rates["kalpi"] / rates["bare"], 0.5),
        _ratio(lookup, told["kalpi"], f"prepared DuckDB {told['prepared']}", rates["kalpi"] / rates["prepared"], None),
        Measure(
            "metering, authentication and audit of a lookup, as a part of a bare request",
            f"{told['kalpi']}, without them {told['unmetered']}",
            f"bare Falcon {told['bare']}",
            counting,
            f"at most {COUNTING}",
            counting <= COUNTING,
        ),
        *(
            _ratio(lookup, told["kalpi"], f"Datasette, {way} {told[way]}", rates["kalpi"] / rates[way], least)
            for way, least in (("columns of a row", 5.0), ("whole row", None), ("SQL", None))
        ),
        Measure(
            f"series of {LONG} bars, time of a computed one over a stored one",
            told["computed"],
            f"stored {told['stored']}",
            rates["stored"] / rates["computed"],
            "at most 1.5",
            rates["stored"] / rates["computed"] <= 1.5,
        ),
        Measure(
            "worker's private memory", f"{private:.0f} MB", "", None, f"at most {MEMORY_MB} MB", private <= MEMORY_MB
        ),
    ]


def _places(worker: psutil.Process) -> dict[str, str]:
    """Return where a worker finds its data and its databases."""
    told = worker.environ()
    return {name: told[name] for name in ("KALPI_HOME", "DATABASE_URL", "REDIS_URL")}


def _ratio(case: str, ours: str, peer: str, ratio: float, least: float | None) -> Measure:
    target = "none" if least is None else f"at least {least:g}"
    return Measure(case, ours, peer, ratio, target, least is None or ratio >= least)
