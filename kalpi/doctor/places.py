"""The machine and the home on it: folders, disk, ports, settings and secrets."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from api.accounts.server_secrets import Secrets
from api.settings import Settings, SettingsError
from api.tokens.ring import KeyRing
from kalpi.doctor.findings import Finding, Patient, note, problem, well
from kalpi.environment import HOST
from pipelines import declaration
from warehouse import logs

_NEARLY_FULL = 0.95
_TOO_LITTLE = 1 << 30
"""Octets without which a run has no room for the next snapshot."""
_OTHERS = 0o077


def home(patient: Patient) -> Iterator[Finding]:
    """Tell whether the home is there and ours to write."""
    root = patient.home.root
    if not root.exists():
        yield note("home", f"{root} does not exist yet.", "`kalpi up` makes it, or set KALPI_HOME.")
        return
    for folder in (root, patient.home.services, patient.home.landing, patient.home.snapshots, patient.home.work):
        if folder.exists() and (why := _unwritable(folder)):
            yield problem(
                "home",
                f"{folder} can't be written by user {os.getuid()}: {why}.",
                f"Give it to this user (`chown -R $(id -u) {folder}`), start as its owner, or set KALPI_HOME.",
            )
            return
    yield well("home", f"{root} is there and can be written.")


def disk(patient: Patient) -> Iterator[Finding]:
    """Tell whether there is room for the next snapshot."""
    root = next(path for path in (patient.home.root, *patient.home.root.parents) if path.exists())
    usage = shutil.disk_usage(root)
    told = f"the disk of {root} has {usage.free / 1e9:.1f} of {usage.total / 1e9:.1f} GB left"
    if usage.free < _TOO_LITTLE or usage.used > _NEARLY_FULL * usage.total:
        remedy = "Free some: fewer KALPI_KEEP_SNAPSHOTS, old logs under services/, released files in quarantine/."
        yield problem("disk", f"{told[0].upper()}{told[1:]}: a run that fills it fails.", remedy)
        return
    yield well("disk", f"{told[0].upper()}{told[1:]}.")


def ports(patient: Patient) -> Iterator[Finding]:
    """Tell whether the ports are free, or who has them."""
    running = patient.running
    if running:
        yield well("ports", f"kalpi runs on this home as process {running.pid} and answers at {running.address}.")
        return
    for option, port in patient.ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as ex:
                yield problem(
                    "ports",
                    f"Port {port} can't be used: {ex.strerror}{_listener(port)}.",
                    f"End that program, or choose another port with {option}.",
                )
                continue
        yield well("ports", f"Port {port} is free.")


def settings(patient: Patient) -> Iterator[Finding]:
    """Tell whether what the environment and `pipeline.toml` say can be understood."""
    told = {"DATABASE_URL": "postgresql://", "REDIS_URL": "redis://", "KALPI_SECRET": "none", **patient.environ}
    try:
        Settings.from_environment({**told, "KALPI_HOME": str(patient.home.root)})
        logs.level(patient.environ)
        declaration.load(patient.home)
    except (SettingsError, logs.BadLevel) as ex:
        yield problem("settings", f"{ex}.", "Set the variable to what is allowed, or take it away.")
    except declaration.BadDeclaration as ex:
        yield problem("settings", f"{ex}.", "Mend the file; docs/data-engineers.md has all that can be declared.")
    else:
        yield well("settings", "The settings of the environment and of pipeline.toml can be understood.")


def secrets(patient: Patient) -> Iterator[Finding]:
    """Tell whether the server's secret and the signing keys are there, and ours alone to read."""
    folder = patient.home.secrets
    if not patient.environ.get("KALPI_SECRET"):
        yield from _server_secret(folder / "server", exists_already=(patient.home.services / "postgres").exists())
    for path in sorted((folder / "tokens").glob("[!.]*.pem")):
        if path.stat().st_mode & _OTHERS:
            yield problem(
                "secrets", f"{path} can be read by others.", f"`chmod 600 {path}`, then `kalpi tokens rotate --now`."
            )
    listed, live = len(list((folder / "tokens").glob("[!.]*.pem"))), len(KeyRing(folder / "tokens").live())
    if live < listed:
        yield problem(
            "secrets",
            f"Of {listed} signing keys in {folder / 'tokens'} {listed - live} can't be read as such.",
            "Put them back from a backup, or remove them: access tokens that they signed are void then.",
        )


def _server_secret(path: Path, *, exists_already: bool) -> Iterator[Finding]:
    try:
        live = Secrets.in_file(path).live()
    except FileNotFoundError:
        if exists_already:
            yield problem(
                "secrets",
                f"{path} is missing, and with it every key, password and session is worth nothing.",
                "Put it back from a backup, or set KALPI_SECRET to what it held.",
            )
        else:
            yield note("secrets", f"There is no {path} yet.", "`kalpi up` makes it; or set KALPI_SECRET.")
        return
    except OSError as ex:
        yield problem("secrets", f"{path} can't be read: {ex.strerror}.", "Give it to the user that runs kalpi.")
        return
    if not live:
        yield problem("secrets", f"{path} is empty.", "Put it back from a backup, or set KALPI_SECRET to what it held.")
    elif path.stat().st_mode & _OTHERS:
        yield problem("secrets", f"{path} can be read by others.", f"`chmod 600 {path}`, then `kalpi secrets rotate`.")
    else:
        yield well("secrets", "The server's secret is there, and ours alone to read.")


def _unwritable(folder: Path) -> str:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            return ""
    except OSError as ex:
        return ex.strerror or str(ex)


def _listener(port: int) -> str:
    with suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port and each.pid:
                return f"; process {each.pid} ({psutil.Process(each.pid).name()}) listens there"
    return ""
