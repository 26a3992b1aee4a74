"""The command line that the ways of releasing into a cluster share."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.release.checks import NotFit
from deploy.release.cluster import Cluster


@dataclass(frozen=True)
class Release:
    """What is to be released, and how long each step may take."""

    image: str
    key: str | None = None
    seconds: int = 600
    prometheus: str | None = None


def run(
    release: Callable[[Cluster, Release], str],
    text: str | None,
    *,
    back: Callable[[Cluster], str] | None = None,
    measured: bool = False,
) -> None:
    """Read the command line and release."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("image", nargs="?" if back else None, help="with its tag, as the cluster can pull it")
    parser.add_argument("--namespace", default="kalpi")
    parser.add_argument("--key-file", type=Path, help="a file with a key, to try data out as well")
    parser.add_argument("--seconds", type=int, default=600, help="that a step may take")
    if measured:
        parser.add_argument("--prometheus", required=True, help="its URL")
    if back:
        parser.add_argument("--back", action="store_true", help="undo the last release")
    given = parser.parse_args()
    cluster = Cluster(given.namespace)
    key = given.key_file.read_text().strip() if given.key_file else None
    try:
        if back and given.back:
            print(back(cluster))
        elif given.image is None:
            parser.error("name an image, or --back")
        else:
            print(release(cluster, Release(given.image, key, given.seconds, getattr(given, "prometheus", None))))
    except NotFit as ex:
        sys.exit(f"not released: {ex}")
