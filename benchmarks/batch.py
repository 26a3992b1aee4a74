"""100 symbols with five stored columns over 250 bars: one batch against one question for each series."""

import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks import servers, universe
from benchmarks.report import Measure, interleaved
from indicators import build
from warehouse.home import Home

SYMBOLS, SESSIONS, BARS = 100, 2_520, 250
PERIODS = {"rsi": 14, "sma": 200, "ema": 20, "roc": 20, "atr": 14}
STORED = [build(id_, {"period": period}) for id_, period in PERIODS.items()]
SERIES = SYMBOLS * len(STORED)
LEAST = 25
TIMES, SHORT_RUN = 20, 2.0
FORMS = ("arrow", "json", "parquet", "csv", "ndjson")


def measure(runs: int = 5) -> list[Measure]:
    """Publish the universe, start a server, and ask it for batches on one connection, for series on eight."""
    with tempfile.TemporaryDirectory(prefix="kalpi-bench-") as folder, ExitStack() as stack:
        home = Home(Path(folder))
        universe.publish(home, STORED, symbols=SYMBOLS, sessions=SESSIONS)
        api, key, _ = stack.enter_context(servers.kalpi(home))
        connection = stack.enter_context(closing(http.client.HTTPConnection(urlsplit(api).netloc)))
        listed = json.loads(_ask(connection, key, "GET", "/v1/symbols?limit=1000"))["items"]
        symbols = [item["symbol"] for item in listed]
        indicators = [{"id": id_, "params": {"period": period}} for id_, period in PERIODS.items()]
        body = json.dumps({"symbols": symbols, "indicators": indicators, "limit": BARS}).encode()
        series = f"{api}/v1/symbols/{symbols[0]}/indicators/rsi?period={PERIODS['rsi']}&limit={BARS}"

        def batch(form: str) -> float:
            begun = time.perf_counter()
            _ask(connection, key, "POST", f"/v1/batch?format={form}", body)
            return time.perf_counter() - begun

        seconds = interleaved(
            runs,
            {
                "single": lambda: SERIES / servers.load(series, seconds=SHORT_RUN, key=key).rate,
                **{form: lambda form=form: median(batch(form) for _ in range(TIMES)) for form in FORMS},
            },
        )
    return list(_measures(seconds))


def _measures(seconds: dict[str, float]) -> Iterator[Measure]:
    single = seconds["single"]
    for form in FORMS:
        ratio = single / seconds[form]
        least = LEAST if form == "arrow" else 0
        yield Measure(
            f"{SYMBOLS} symbols x {len(STORED)} columns x {BARS} bars in one batch, as {form}",
            f"{1e3 * seconds[form]:.1f} ms",
            f"{SERIES} questions in JSON, {1e3 * single:,.0f} ms",
            ratio,
            f"at least {least}" if least else "none",
            ratio >= least,
        )


def _ask(connection: http.client.HTTPConnection, key: str, method: str, path: str, body: bytes | None = None) -> bytes:
    connection.request(method, path, body=body, headers={"X-API-Key": key})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path}: {content[:300]!r}")
    return content
