"""Write docs/parity.md, or with --check say whether it is out of date; either way stop at an unexplained difference."""

import sys
from pathlib import Path

from benchmarks.parity.page import render, results

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"


def main() -> str | None:
    """Return what is wrong, if anything is."""
    told = tuple(results())
    if unexplained := [f"{one.case.id} in {one.library}: {one.verdict}" for one in told if not one.is_explained]:
        return f"without a reason, or with one to spare: {'; '.join(unexplained)}"
    page = render(told)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
        return "docs/parity.md is out of date; run make parity"
    return None


sys.exit(main())
