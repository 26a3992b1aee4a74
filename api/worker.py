"""Gunicorn's threaded worker, made to end without losing a connection, and to share a port with other servers."""

import os
import socket

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from api.settings import whole_number

_BACKLOG = 2048


class Log(Logger):
    """Gunicorn's log without its line a request, as `api.lines` writes one."""

    @property
    def access_log_enabled(self) -> bool:
        """Never. PERF: told how to log, gunicorn gathers for each answer what it might write, and writes it nowhere."""
        return False


class Worker(ThreadWorker):
    """Where KALPI_SHARED_PORT is set, listens there too, once the application is loaded and never before."""

    def run(self) -> None:
        """Answer until told to end."""
        if port := whole_number(os.environ, "KALPI_SHARED_PORT", default=0, most=65535):
            self.sockets.append(_shared(os.environ.get("KALPI_HOST") or "127.0.0.1", port))
        super().run()

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 - gunicorn's signature
        """Take no more connections; a worker that ends takes those that wait, and then leaves the port at once.

        Closed while connections wait, a port that no other process holds resets them; left open while requests are
        finished, a shared one goes on to be given new ones.
        """
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                waiting = -1
                while waiting < self.nr_conns:  # accept() counts, and tells nothing else
                    waiting = self.nr_conns
                    self.accept(listener)
                listener.close()


def _shared(host: str, port: int) -> socket.socket:
    """Return a listening socket that others of the same user may open beside it."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.setblocking(False)
    listener.bind((host, port))
    listener.listen(_BACKLOG)
    return listener
