"""What logins cost those who ask for data: four workers, lookups at a constant rate, with and without logins beside."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2
import msgspec

from benchmarks import servers
from benchmarks.load import Outcome
from benchmarks.report import Measure, interleaved

WORKERS = 4
LOOKUPS, LOGINS = 200.0, 8.0  # a second
SECONDS = 5.0
ADA = {"email": "ada@example.org", "password": "a staple, a battery"}
MOST = 2.0


def measure(runs: int = 5, seconds: float = SECONDS) -> list[Measure]:
    """Serve a universe, and ask with and without logins in turn."""
    with tempfile.TemporaryDirectory(prefix="kalpi-bench-") as folder:
        home = servers.build_home(Path(folder))
        with servers.kalpi(home, workers=WORKERS) as (api, key, _):
            httpx2.post(f"{api}/v1/users", json=ADA).raise_for_status()
            lookup = f"{api}/v1/symbols/SYN0001/at/latest?columns=rsi_14,close"
            answered: list[float] = []

            def alone() -> float:
                return _told(_paced(lookup, LOOKUPS, seconds, "--header", f"X-API-Key: {key}")).p99

            def beside() -> float:
                logins = _paced(f"{api}/v1/auth/login", LOGINS, seconds, "--body", json.dumps(ADA))
                p99 = alone()
                told = _told(logins)
                answered.append((told.answers - told.failures) / seconds)
                return p99

            alone()  # so that every worker knows the key and has opened the snapshot
            time.sleep(1)
            p99 = interleaved(runs, {"alone": alone, "beside": beside})
    ratio = p99["beside"] / p99["alone"]
    return [
        Measure(
            f"p99 of {LOOKUPS:.0f} lookups/s beside {LOGINS:.0f} logins/s, {WORKERS} workers",
            f"{p99['beside'] / 1e3:.1f} ms, {sum(answered) / len(answered):.1f} logins/s",
            f"without logins {p99['alone'] / 1e3:.1f} ms",
            ratio,
            f"at most {MOST:g}",
            ratio <= MOST,
        )
    ]


def _paced(url: str, rate: float, seconds: float, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.paced", url, "--rate", str(rate), "--seconds", str(seconds), *more]
    return subprocess.Popen(command, cwd=servers.ROOT, stdout=subprocess.PIPE, text=True)


def _told(process: subprocess.Popen[str]) -> Outcome:
    output, _ = process.communicate()
    return msgspec.json.decode(output, type=Outcome)
