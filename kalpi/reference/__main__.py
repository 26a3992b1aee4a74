"""Write the pages, or with `--check` tell which are out of date."""

import sys
from pathlib import Path

from kalpi.reference import charts, coming_from, indicators, quarantine, tables

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = "indicators"  # holds nothing but what is written here


def pages() -> dict[str, str]:
    """Return every generated page and chart by its path under docs/."""
    return {
        "indicators.md": indicators.index(),
        "coming-from.md": coming_from.coming_from(),
        "events.md": tables.events(),
        "metrics.md": tables.metrics(),
        "problems.md": tables.problems(),
        "quarantine.md": quarantine.quarantine(),
        "tables.md": tables.tables(),
        **{f"{FOLDER}/{name}.md": text for name, text in indicators.pages().items()},
        **{f"{FOLDER}/{name}.svg": text for name, text in charts.charts().items()},
    }


def main() -> int:
    """Bring docs/ up to date, or say what is not."""
    wanted = pages()
    stale = [name for name, text in wanted.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != text]
    lost = [path for path in (DOCS / FOLDER).glob("*") if f"{FOLDER}/{path.name}" not in wanted]
    if "--check" in sys.argv:
        for name in (*stale, *(f"{FOLDER}/{path.name}" for path in lost)):
            sys.stderr.write(f"docs/{name} is out of date; run make docs\n")
        return 1 if stale or lost else 0
    (DOCS / FOLDER).mkdir(exist_ok=True)
    for name in stale:
        (DOCS / name).write_text(wanted[name])
    for path in lost:
        path.unlink()
    return 0


sys.exit(main())
