"""What a case measured, and how it is shown: medians of interleaved runs, as ratios against a peer."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table


class Measure(msgspec.Struct, frozen=True):
    """One ratio: ours over the peer's (or the peer's over ours where less is better), and what is asked of it."""

    case: str
    ours: str
    peer: str
    ratio: float | None  # null: an absolute figure, told in `ours`
    target: str
    met: bool


def interleaved(runs: int, subjects: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Run every subject in turn, `runs` times over, and return each one's median figure."""
    figures: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(runs):
        for name, measure in subjects.items():
            figures[name].append(measure())
    return {name: median(values) for name, values in figures.items()}


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """Return what does the work and tells the seconds that it took."""

    def once() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return once


def show(measures: Sequence[Measure], console: Console) -> None:
    """Print the measures as a table."""
    table = Table(title="Kalpi against its peers: medians of interleaved runs")
    for heading in ("case", "ours", "peer", "ratio", "target"):
        table.add_column(heading, overflow="fold")
    for each in measures:
        ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
        colour = "green" if each.met else "red"
        table.add_row(each.case, each.ours, each.peer, f"[{colour}]{ratio}[/]", f"[{colour}]{each.target}[/]")
    console.print(table)


def save(measures: Sequence[Measure], path: Path) -> None:
    """Write the measures as JSON."""
    path.write_text(json.dumps([msgspec.structs.asdict(each) for each in measures], indent=2) + "\n")
