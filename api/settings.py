"""What the environment decides, read once when a worker starts."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from api.accounts.server_secrets import Secrets
from api.gate.address import EVERYBODY, NO_PROXIES, Proxies
from api.mail import Console, Sender, Smtp
from warehouse.home import Home

_BIND = re.compile(r"([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}", re.ASCII)
_PUBLIC_URL = re.compile(r"https?://[\w.:\[\]-]+(/[\w./-]*)?", re.ASCII)


class SettingsError(ValueError):
    """The environment lacks a setting or holds one that can't be used."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One worker's settings. URLs and the secret stay out of `repr`, and so out of logs."""

    home: Home
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secrets: Secrets = field(repr=False)
    cors_origins: tuple[str, ...] = ()
    public_url: str = "http://127.0.0.1:8000"
    """Where the API is reached from outside: the issuer of its tokens."""
    workers: int = 1
    proxies: Proxies = NO_PROXIES
    """Whose X-Forwarded-For is believed, and how far."""
    spool: Path | None = None
    """Where rows of the request log wait for Postgres; None: in memory."""
    keep_log_days: int = 90
    keep_event_days: int = 400
    mail: Sender = field(default_factory=Console)
    verified_only: bool = False
    """Whether an account needs a verified address for anything but itself."""
    sql: int = 0
    """How many SQL queries a worker answers at once, at most two; 0: none at all."""
    compat_keys_in_query: bool = False
    """Whether routes in other services' words take a key as `apikey=` in the query, where those clients send it."""
    refresh_grace: int = 0
    """Seconds in which a used refresh token may come again."""
    metrics_bind: str = ""
    """Where /metrics is answered, host:port; if empty, on the API's own port, to who asks from this machine."""

    def known_secrets(self) -> Iterator[str]:
        """Give the texts that may stand nowhere, in the log least of all."""
        for secret in self.secrets.live():
            yield secret.octets.decode("utf-8", "replace")
        for url in (self.database_url, self.redis_url):
            if password := urlsplit(url).password:
                yield from {password, unquote(password)}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read DATABASE_URL, REDIS_URL, and the variables KALPI_... that docs/data-engineers.md lists.

        Raises:
            SettingsError: naming the variable.
        """
        home, mail = Home(Path(environ.get("KALPI_HOME", "data")).resolve()), _mail(environ)
        return cls(
            home=home,
            database_url=_needed(environ, "DATABASE_URL"),
            redis_url=_needed(environ, "REDIS_URL"),
            secrets=_secrets(environ, home),
            cors_origins=tuple(environ.get("KALPI_CORS_ORIGINS", "").replace(",", " ").split()),
            public_url=_public_url(environ),
            workers=whole_number(environ, "KALPI_WORKERS", default=1, least=1),
            proxies=_proxies(environ),
            spool=Path(environ.get("KALPI_SPOOL") or home.root / "spool").resolve(),
            keep_log_days=whole_number(environ, "KALPI_KEEP_LOG_DAYS", default=cls.keep_log_days, least=1),
            keep_event_days=whole_number(environ, "KALPI_KEEP_EVENT_DAYS", default=cls.keep_event_days, least=1),
            mail=mail,
            verified_only=bool(whole_number(environ, "KALPI_VERIFIED_ONLY", default=int(mail.reaches_people), most=1)),
            sql=whole_number(environ, "KALPI_SQL", default=cls.sql, most=2),
            compat_keys_in_query=bool(whole_number(environ, "KALPI_COMPAT_KEYS_IN_QUERY", default=0, most=1)),
            metrics_bind=metrics_bind(environ),
            refresh_grace=whole_number(environ, "KALPI_REFRESH_GRACE", default=cls.refresh_grace, most=10),
        )


def whole_number(
    environ: Mapping[str, str], name: str, *, default: int, least: int = 0, most: int | None = None
) -> int:
    """Return a variable as a whole number; SettingsError if it is none, below `least` or above `most`."""
    text = environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < least or (most is not None and int(text) > most):
        up_to = "" if most is None else f" to {most}"
        raise SettingsError(f"{name}={text!r} is not allowed: a whole number from {least}{up_to}")
    return int(text)


def metrics_bind(environ: Mapping[str, str]) -> str:
    """Return KALPI_METRICS_BIND, host:port, or nothing; SettingsError if it is neither."""
    text = environ.get("KALPI_METRICS_BIND", "").strip()
    if text and not _BIND.fullmatch(text):
        raise SettingsError(f"KALPI_METRICS_BIND={text!r} is not allowed: host:port, such as 127.0.0.1:9400")
    if text.rpartition(":")[2] == (environ.get("KALPI_PORT") or "8000"):
        raise SettingsError(f"KALPI_METRICS_BIND={text!r} has the port of the API; it takes one of its own")
    return text


def _public_url(environ: Mapping[str, str]) -> str:
    url = (environ.get("KALPI_PUBLIC_URL") or f"http://127.0.0.1:{environ.get('KALPI_PORT') or 8000}").rstrip("/")
    if not _PUBLIC_URL.fullmatch(url):
        raise SettingsError(f"KALPI_PUBLIC_URL={url!r} is not allowed: https://host, or http://host:port")
    return url


def _proxies(environ: Mapping[str, str]) -> Proxies:
    text = environ.get("KALPI_TRUSTED_PROXIES", "")
    hops = whole_number(environ, "KALPI_PROXY_HOPS", default=0, least=0) or None
    if hops and not text.strip():
        raise SettingsError("KALPI_PROXY_HOPS needs KALPI_TRUSTED_PROXIES: addresses, networks, or * for any peer")
    try:
        return Proxies.parse(text, hops)
    except ValueError as ex:
        allowed = f"addresses and networks separated by commas, or {EVERYBODY}"
        raise SettingsError(f"KALPI_TRUSTED_PROXIES={text!r} is not allowed ({ex}): {allowed}") from ex


def _needed(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise SettingsError(f"{name} is not set; `kalpi up` and `kalpi serve` set it for the embedded servers")
    return environ[name]


def _mail(environ: Mapping[str, str]) -> Sender:
    url = environ.get("KALPI_SMTP_URL", "").strip()
    if not url:
        return Console()
    sent_from = environ.get("KALPI_MAIL_FROM", "").strip()
    if "@" not in sent_from:
        raise SettingsError("KALPI_SMTP_URL needs KALPI_MAIL_FROM: the address that mails come from")
    try:
        return Smtp(url, sent_from)
    except ValueError as ex:
        raise SettingsError(f"KALPI_SMTP_URL is not allowed: {ex}") from ex  # SEC a password may be in it


def _secrets(environ: Mapping[str, str], home: Home) -> Secrets:
    told = (environ.get(name, "").strip().encode() for name in ("KALPI_SECRET", "KALPI_SECRET_OLD"))
    if newest_first := tuple(filter(None, told)):
        return Secrets.of(*newest_first)
    path = home.secrets / "server"
    secrets = Secrets.in_file(path)
    try:
        found = secrets.live()
    except OSError as ex:
        raise SettingsError(f"KALPI_SECRET is not set and {path} can't be read") from ex
    if not found:
        raise SettingsError(f"KALPI_SECRET is not set and {path} is empty")
    return secrets
