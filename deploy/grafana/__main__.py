"""`python -m deploy.grafana` writes the dashboards' files."""

import json
from pathlib import Path

from deploy.grafana.declared import DASHBOARDS

FOLDER = Path(__file__).parent / "dashboards"


def written() -> dict[str, str]:
    """Return the files' texts by their names."""
    return {f"{one.uid}.json": json.dumps(one.written(), indent=1) + "\n" for one in DASHBOARDS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in written().items():
        (FOLDER / name).write_text(text)
