"""One host with Docker: a server at a time, each tried out before the next (`python -m deploy.release.compose --help`).

The gateway sends everybody to the other one meanwhile.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.release.checks import NotFit, asking, try_out, wait_until_ready

FOLDER = Path(__file__).parents[1]
SERVERS = ("api-a", "api-b")
AFTER = ("dagster-code", "dagster-daemon", "dagster-webserver")


def release(docker: Sequence[str], image: str, before: str, *, url: str, key: str | None) -> str:
    """Migrate, replace both servers one by one, then the pipeline; go back to `before` if anything is not right.

    Raises:
        NotFit: what had been replaced is of the version before again.
    """
    done: list[str] = []
    try:
        _compose(docker, image, "run", "--rm", "migrate")
        for server in SERVERS:
            done.append(server)
            _compose(docker, image, "up", "--detach", "--no-deps", "--wait", server)
            wait_until_ready(asking(url), seconds=120)
            try_out(asking(url, key), with_key=key is not None)
        _compose(docker, image, "up", "--detach", "--no-deps", "--wait", *AFTER)
    except NotFit:
        for server in done:
            _compose(docker, before, "up", "--detach", "--no-deps", "--wait", server)
        raise
    return f"everything is of {image}"


def _compose(docker: Sequence[str], image: str, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - the operator's docker
        (*docker, *words), env={**os.environ, "KALPI_IMAGE": image}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotFit(f"docker compose {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image")
    parser.add_argument("--before", required=True, help="the image that runs, to go back to")
    parser.add_argument("--url", required=True, help="where the gateway answers")
    parser.add_argument("--env-file", type=Path, default=FOLDER / "secrets.env")
    parser.add_argument("--key-file", type=Path, help="a file with a key, to try data out as well")
    given = parser.parse_args()
    key = given.key_file.read_text().strip() if given.key_file else None
    docker = ("docker", "compose", "--env-file", str(given.env_file), "--file", str(FOLDER / "compose.yaml"))
    try:
        print(release(docker, given.image, given.before, url=given.url, key=key))
    except NotFit as ex:
        sys.exit(f"not released: {ex}")


if __name__ == "__main__":
    main()
