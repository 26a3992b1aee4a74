"""Ways a letter can go: onto the console, where whoever runs the server reads it, or by SMTP."""

import smtplib
import ssl
import sys
from collections.abc import Callable
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Protocol, TextIO
from urllib.parse import unquote, urlsplit

from api.mail.letters import Letter

_TIMEOUT = 10.0
_PORTS = {"smtp": 587, "smtps": 465}


class Sender(Protocol):
    """Sends letters; raises OSError (SMTP's errors are some) if one can't be sent now."""

    reaches_people: bool
    """Whether who a letter is for will read it."""

    def send(self, letter: Letter) -> None:
        """Send one letter."""


class Console:
    """Writes letters out, for a server whose operator hands codes on."""

    reaches_people = False

    def __init__(self, stream: Callable[[], TextIO] = lambda: sys.stdout) -> None:
        self._stream = stream

    def send(self, letter: Letter) -> None:
        """Write one letter out, with a line before each of its own, so that nothing in it passes for a log's line."""
        lines = [f"to {letter.to}: {letter.subject}", *letter.text.splitlines()]
        stream = self._stream()
        stream.write("".join(f"mail | {line}\n" for line in lines))
        stream.flush()


class Smtp:
    """Hands letters to a server: `smtp://user:password@host:587` (STARTTLS), or `smtps://` (TLS from the start)."""

    reaches_people = True

    def __init__(self, url: str, sent_from: str) -> None:
        """Read the URL; ValueError if it is none."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("smtp://user:password@host:port or smtps://user:password@host:port")
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._is_tls = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sent_from = sent_from

    def send(self, letter: Letter) -> None:
        """Send one letter over a connection of its own."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sent_from, letter.to, letter.subject
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody should answer it by machine
        message.set_content(letter.text)
        context = ssl.create_default_context()
        with self._connected(context) as server:
            server.ehlo()
            # SEC in clear, codes and passwords go to this machine alone
            if not self._is_tls and (server.has_extn("starttls") or not _is_loopback(self._host)):
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message)

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self._is_tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=context)
        return smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
