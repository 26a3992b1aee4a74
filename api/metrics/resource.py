"""`GET /metrics`: what Prometheus scrapes. It is on no listener that the public reaches."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

import falcon

from api.gate.address import NO_PROXIES
from api.metrics.instruments import Instruments
from api.settings import Settings

PATH = "/metrics"
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


class MetricsResource:
    """Answers on the listener that KALPI_METRICS_BIND names; without one, who asks from this very machine."""

    def __init__(self, instruments: Instruments, settings: Settings) -> None:
        self._instruments = instruments
        self._port = settings.metrics_bind.rpartition(":")[2]
        self._has_proxies = settings.proxies != NO_PROXIES

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer with all metrics of this server."""
        if not self._may(req.env):
            raise falcon.HTTPNotFound  # SEC as if there were none
        scrape = self._instruments.scrape(req.get_header("Accept") or "")
        resp.content_type, resp.data = scrape.media, scrape.octets
        resp.set_header("Cache-Control", "no-store")

    def _may(self, environ: Mapping[str, Any]) -> bool:
        if self._port:
            return environ["SERVER_PORT"] == self._port
        # SEC a proxy on this machine comes from the loopback as well
        if self._has_proxies or any(name in environ for name in _FORWARDED):
            return False
        return _is_loopback(environ.get("REMOTE_ADDR", ""))


def _is_loopback(client: str) -> bool:
    try:
        return ip_address(client.partition("%")[0]).is_loopback
    except ValueError:
        return False
