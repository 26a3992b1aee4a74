"""`make bench`: run every case, print the table, and write it as JSON where `--json` says.

`python -m benchmarks [engine] [stored] [lookup] [screen] [batch] [logins] [pipeline] [--runs 5] [--json FILE]`
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from benchmarks import batch, engine, logins, lookup, pipeline, screen, stored
from benchmarks.report import save, show

CASES = {
    "engine": engine.measure,
    "stored": stored.measure,
    "lookup": lookup.measure,
    "screen": screen.measure,
    "batch": batch.measure,
    "logins": logins.measure,
    "pipeline": pipeline.measure,
}
BY_NAME_ALONE = {"pipeline"}  # takes many minutes, and 50 GB of disk


def main() -> int:
    """Run the chosen cases; 1 if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; default: all but {', '.join(BY_NAME_ALONE)}"
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    console = Console()
    chosen = given.cases or [name for name in CASES if name not in BY_NAME_ALONE]
    if unknown := set(chosen) - set(CASES):
        parser.error(f"no case {', '.join(unknown)}; there are: {', '.join(CASES)}")
    measures = []
    for name in chosen:
        with console.status(f"measuring: {name}"):
            measures += CASES[name](runs=given.runs)
    show(measures, console)
    if given.json:
        save(measures, given.json)
    return 0 if all(each.met for each in measures) else 1


if __name__ == "__main__":
    sys.exit(main())
