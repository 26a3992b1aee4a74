"""Write docs/parity.md, or with --check say whether it is out of date; either way stop at an unexplained difference.

Writing needs every library; a check compares again what is installed, and takes the record's word for the rest.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.parity import record
from benchmarks.parity.page import LIBRARIES, Result, render, results

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"


def main() -> str | None:
    """Return what is wrong, if anything is."""
    return check() if "--check" in sys.argv[1:] else write()


def write() -> str | None:
    """Compare with all libraries, and write the record and the page."""
    if missing := [library.package for library in LIBRARIES if library.version is None]:
        return f"not installed: {', '.join(missing)}; make parity installs them"
    told = tuple(results())
    if wrong := _unexplained(told):
        return wrong
    record.write(told)
    PAGE.write_text(_page(told), encoding="utf-8")
    return None


def check() -> str | None:
    """Compare with what is installed here, and hold record and page against it."""
    kept = record.read()
    try:
        told = record.remembered(LIBRARIES, kept)
    except record.Stale as stale:
        return str(stale)
    if wrong := _unexplained(told):
        return wrong
    known = {(one.library, record.key(one.case)): one.verdict for one in told}
    for one in results(record.here(kept)):
        if known[one.library, record.key(one.case)] is not one.verdict:
            return f"{one.case.id} in {one.library} is {one.verdict} now; run make parity"
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != _page(told):
        return "docs/parity.md is out of date; run make parity"
    return None


def _page(told: Sequence[Result]) -> str:
    return render(told, {name: one.version for name, one in record.read().items()})


def _unexplained(told: Sequence[Result]) -> str | None:
    wrong = [f"{one.case.id} in {one.library}: {one.verdict}" for one in told if not one.is_explained]
    return f"without a reason, or with one to spare: {'; '.join(wrong)}" if wrong else None


if __name__ == "__main__":
    sys.exit(main())
