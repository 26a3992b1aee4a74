"""What children are told by their environment, and what of this installation they find ready."""

import os
import secrets
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from kalpi.errors import Refusal
from kalpi.processes import ROOT
from warehouse.home import Home

HOST = "127.0.0.1"
DEMO_KEY = "demo-key"
"""The secret that is this installation's own key of the API."""
SAMPLE = ROOT / "data" / "sample"
QUIET = {"DAGSTER_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false"}


def prepare(home: Home) -> None:
    """Create the home's folders and the server's secret."""
    for folder in (home.landing, home.services, home.dagster):
        folder.mkdir(parents=True, exist_ok=True)
    if read_secret(home, "server") is None:
        write_secret(home, "server", secrets.token_hex(32))


def for_children(home: Home) -> dict[str, str]:
    """Return our own environment with the home in it, and with nothing that reports home to others."""
    places = {"KALPI_HOME": str(home.root), "DAGSTER_HOME": str(home.dagster)}
    return {**os.environ, **QUIET, **places}


def for_api(environment: Mapping[str, str], *, port: int, workers: int | None, sql: bool) -> dict[str, str]:
    """Return the API's environment."""
    count = {} if workers is None else {"KALPI_WORKERS": str(workers)}
    asked = {"KALPI_SQL": "1"} if sql else {}
    return {**asked, **environment, "KALPI_HOST": HOST, "KALPI_PORT": str(port), **count}


def seed(home: Home) -> tuple[str, ...]:
    """Put the sample files into landing, and what is declared of them, when this home holds no data; returns names."""
    if any((home.raw / "batches").glob("*.json")) or any(home.landing.glob("[!.]*")):
        return ()
    samples = sorted(SAMPLE.glob("*.parquet"))
    for sample in samples:
        deliver(sample, home)
    declared = home.root / "pipeline.toml"
    if not declared.exists():
        shutil.copyfile(SAMPLE / declared.name, declared)
    return tuple(sample.name for sample in samples)


def deliver(path: Path, home: Home) -> Path:
    """Copy a file into landing under its own name, which it bears only once it is whole."""
    home.landing.mkdir(parents=True, exist_ok=True)
    target = home.landing / path.name
    draft = home.landing / f".{path.name}.{os.getpid()}.part"
    shutil.copyfile(path, draft)
    draft.replace(target)
    return target


def read_secret(home: Home, name: str) -> str | None:
    """Return a secret of this installation, or None."""
    try:
        return (home.secrets / name).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def write_secret(home: Home, name: str, text: str) -> None:
    """Keep a secret where only we can read it."""
    home.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = home.secrets / f".{name}-{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(f"{text}\n", encoding="ascii")
    draft.replace(home.secrets / name)


def refuse_taken(ports: Mapping[str, int]) -> None:
    """Refuse ports that somebody else listens on; `ports` is by the option that sets each."""
    for option, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as ex:
                raise Refusal(f"port {port} can't be used: {ex.strerror}; choose another with {option}") from ex
