"""Gunicorn's settings: `python -m gunicorn -c python:api.gunicorn api.wsgi:application`.

Workers do not share a preloaded application: DuckDB, Polars, SQLAlchemy and Redis state must not cross a fork.
"""

import logging
import os
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from api.limits.running import Table
from api.metrics.folder import VARIABLE, Folder
from api.settings import metrics_bind, whole_number
from warehouse import logs

_host, _port = os.environ.get("KALPI_HOST") or "127.0.0.1", whole_number(os.environ, "KALPI_PORT", default=8000)
bind = [f"{_host}:{_port}", *filter(None, [metrics_bind(os.environ)])]
workers = whole_number(os.environ, "KALPI_WORKERS", default=1, least=1)
worker_class = "api.worker.Worker"
threads = 4
proc_name = "kalpi-api"

timeout = 30  # a heartbeat for gthread, not a limit on a request
graceful_timeout = 30
keepalive = 75  # longer than the usual proxy's 60, so that the proxy closes first

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
forwarded_allow_ips = os.environ.get("KALPI_TRUSTED_PROXIES", "")  # SEC nobody's X-Forwarded-* is believed by default

control_socket_disable = True  # on by default since gunicorn 25, at one path for all instances
accesslog = None
logger_class = "api.worker.Log"
errorlog = "-"
logconfig_dict = logs.settings()
if Path("/dev/shm").is_dir():  # noqa: S108 - heartbeats touch a file, and a disk may stall
    worker_tmp_dir = "/dev/shm"  # noqa: S108

Table.shared = Table(rows=2 * workers + 2)  # when gunicorn is told to reload, old and new workers run side by side
_rows: dict[int, int] = {}
_folders: list[Folder] = []
_log = logging.getLogger("gunicorn.error")


def on_starting(_server: Arbiter) -> None:
    """Make the folder that the workers count in."""
    _folders.append(Folder())
    os.environ[VARIABLE] = str(_folders[-1].path)


def pre_fork(_server: Arbiter, worker: Worker) -> None:
    """Give a worker a row for the requests it has under way."""
    if Table.shared:
        _rows[worker.age] = Table.shared.reserve()


def child_exit(_server: Arbiter, worker: Worker) -> None:
    """Forget what a worker had under way, however it ended, and keep what it has counted."""
    if Table.shared and worker.age in _rows:
        Table.shared.release(_rows.pop(worker.age))
    for folder in _folders:
        try:
            folder.forget(int(worker.pid))
        except Exception:  # noqa: BLE001 - whatever it is, the server must not end of it
            _log.exception("what worker %s had counted stays in files of its own", worker.pid)


def on_exit(_server: Arbiter) -> None:
    """Remove the folder."""
    for folder in _folders:
        folder.close()
