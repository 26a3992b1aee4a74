"""The whole stored set over 500 x 2,520 bars, and the start of a process: four numbers that the engine must reach."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import psutil

import indicators
from benchmarks.engine import SESSIONS, SYMBOLS, synthetic_panel
from benchmarks.report import Measure, interleaved, timed
from indicators import Indicator, Panel

_IMPORT = """
import time
begun = time.perf_counter()
import indicators
indicators.catalogue()
print(time.perf_counter() - begun)
"""


def kernel_loop(panel: Panel, chosen: Sequence[Indicator]) -> list[np.ndarray]:
    """Call the kernels of our own indicators in the same plain loop, which checks nothing and nulls nothing."""
    kept = []
    for indicator in chosen:
        kernel, names = indicator.kernel(), ["close" if name == "on" else name for name in indicator.inputs]
        columns = [np.empty(len(panel.close)) for _ in indicator.outputs]
        for start, stop in pairwise(panel.offsets.tolist()):
            given = kernel(*[getattr(panel, name)[start:stop] for name in names])
            for column, values in zip(columns, given if isinstance(given, tuple) else (given,), strict=True):
                column[start:stop] = values
        kept += columns
    return kept


def measure(runs: int = 5) -> list[Measure]:
    """Compare in this process what can be; ask fresh ones for the rest."""
    panel, _ = synthetic_panel()
    stored = indicators.stored()
    figures = interleaved(
        runs,
        {
            "stored": timed(lambda: indicators.compute_panel(panel, stored)),
            "kernels": timed(lambda: kernel_loop(panel, stored)),
            "shared": timed(lambda: indicators.compute_panel(panel, stored, processes=2)),
        },
    )
    columns = len(indicators.stored_columns())
    over_kernels, gained = figures["stored"] / figures["kernels"], figures["stored"] / figures["shared"]
    return [
        Measure(
            f"the {columns} stored columns over {SYMBOLS} x {SESSIONS} bars, over their bare kernels in a loop",
            f"{figures['stored']:.2f} s",
            f"kernels {figures['kernels']:.2f} s",
            over_kernels,
            "at most 1.25",
            over_kernels <= 1.25,
        ),
        Measure(
            "the same in one process, over two",
            f"two {figures['shared']:.2f} s",
            f"one {figures['stored']:.2f} s",
            gained,
            "at least 1.7",
            gained >= 1.7,
        ),
        _memory(),
        _start(runs),
    ]


def _memory() -> Measure:
    """Ask a fresh process, as a process' peak never falls."""
    peak, output = map(float, _told([sys.executable, "-m", "benchmarks.stored"]).split())
    return Measure(
        "peak memory of the stored set in one process, over its output's",
        f"{peak / 1e9:.2f} GB",
        f"output {output / 1e9:.2f} GB",
        peak / output,
        "at most 2.5",
        peak <= 2.5 * output,
    )


def _start(runs: int) -> Measure:
    """Ask fresh processes; the first one compiles, as an installation does once, and does not count."""
    with TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ["PYTHONPYCACHEPREFIX"] = folder
        taken = [float(_told([sys.executable, "-c", _IMPORT], environ)) for _ in range(runs + 1)]
    seconds = median(taken[1:])
    return Measure(
        "importing the whole catalogue in a fresh process",
        f"{seconds:.3f} s",
        "",
        None,
        "at most 0.4 s",
        seconds <= 0.4,
    )


def _told(command: Sequence[str], environ: Mapping[str, str] | None = None) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environ).stdout


def main() -> None:
    """Print the bytes that the stored set needs beyond its bars at its peak, and those that it returns."""
    panel, _ = synthetic_panel()
    unit = 1 if sys.platform == "darwin" else 1024
    before = psutil.Process().memory_info().rss
    columns = indicators.compute_panel(panel, indicators.stored())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(peak - before, sum(column.nbytes for column in columns.values()))


if __name__ == "__main__":
    main()
