"""What is under deploy/, read."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
BIN = Path(sys.executable).parent
DEBIAN = ROOT / ".tools" / "debian"
DIGITS = re.compile(r":v?\d+(\.\d+)*[\w.-]*$")
"""An image's tag that names a version."""


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def merged(document):
    """Read YAML whose merge keys are resolved, as Docker and kubectl read it."""
    return list(yaml.safe_load_all(document))


def rendered(overlay):
    """Read what kubectl makes of an overlay."""
    if not shutil.which("kubectl"):
        pytest.skip("kubectl, which renders kustomize's folders, is not installed")
    folder = DEPLOY / "kubernetes" / "overlays" / overlay
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return merged(done.stdout)


def debian(program):
    """Return a program of Debian's, from PATH or from where `make debian-tools` puts it."""
    found = shutil.which(program) or next(DEBIAN.glob(f"usr/*bin/{program}"), None)
    if found is None:
        pytest.skip(f"{program} is not installed; make debian-tools fetches it where there is apt-get")
    return str(found)


def run(*words, **options):
    """Run a program of the environment's; its words are shown where it fails."""
    done = subprocess.run([BIN / words[0], *words[1:]], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
