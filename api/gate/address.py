"""Where a request comes from. A header says so only as far as proxies we trust have written it."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

EVERYBODY = "*"
_Address = IPv4Address | IPv6Address
_NEIGHBOURS = 64
"""Bits of an IPv6 address that a provider gives one customer: all behind them is one."""


class Proxies(msgspec.Struct, frozen=True):
    """The proxies before us: their networks, and how many of them a request goes through at most (None: all listed).

    Each proxy appends the address it was asked from to X-Forwarded-For, so that header is read from the right and only
    as far as the addresses are proxies': what stands left of the first stranger, the stranger may have written himself.
    `Forwarded` and `X-Real-IP` are not read: a proxy that doesn't set them passes on what the client sent.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    hops: int | None = None

    @classmethod
    def parse(cls, text: str, hops: int | None) -> "Proxies":
        """Read addresses and networks separated by commas, or `*` for any peer; ValueError names what is neither.

        With `*` the number of hops bounds what is believed, and is 1 unless told.
        """
        names = text.replace(",", " ").split()
        if EVERYBODY in names:
            return cls((ip_network("0.0.0.0/0"), ip_network("::/0")), hops or 1)
        return cls(tuple(ip_network(name) for name in names), hops)

    def client(self, environ: Mapping[str, str]) -> str:
        """Return the address of who asks, in full; empty behind a unix socket."""
        peer = environ.get("REMOTE_ADDR", "")
        forwarded = environ.get("HTTP_X_FORWARDED_FOR")
        if forwarded is None or not self.networks:
            return peer
        client = peer
        for hop, text in enumerate(reversed((*forwarded.split(","), peer))):
            address = _read(text)
            if address is None:  # so the proxy that wrote it is the last we know of
                break
            client = str(address)
            if hop == self.hops or not any(address in network for network in self.networks):
                break
        return client


NO_PROXIES = Proxies()


@lru_cache(maxsize=4096)
def neighbourhood(client: str) -> str:
    """Return what is counted as one client: an IPv4 address, or the /64 that an IPv6 address is in."""
    address = _read(client)
    if address is None:
        return "unknown"
    return str(address if address.version == 4 else ip_network((address, _NEIGHBOURS), strict=False))  # noqa: PLR2004


def _read(text: str) -> _Address | None:
    """Read an address, which some proxies write with a port: `192.0.2.1:80`, `[2001:db8::1]:80`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
