"""A run in a process of its own, which may be made to die: `python -m tests.pipelines.crashing HOME`."""

import sys
from pathlib import Path

from tests.pipelines.deliveries import publish_derived
from warehouse import history
from warehouse.home import Home

MANY_ROWS = 200

if __name__ == "__main__":
    history.MANY_ROWS = MANY_ROWS
    publish_derived(Home(Path(sys.argv[1])))
