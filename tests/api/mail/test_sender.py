"""Letters on the console and through a real SMTP server."""

import io
import smtplib
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from api.mail import Console, Smtp, letters
from tests.services import free_port

LETTER = letters.reset("ada@example.org", "a-code", "https://kalpi.example")


class Mailbox:
    """Keeps what comes, and who has logged in."""

    def __init__(self):
        self.got, self.known = [], []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the library's own
        self.got.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"

    def log_in(self, _server, _session, _envelope, _mechanism, data):
        self.known.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)


@pytest.fixture
def mailbox():
    mailbox = Mailbox()
    options = {"authenticator": mailbox.log_in, "auth_require_tls": False}
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    mailbox.address = f"127.0.0.1:{controller.port}"
    yield mailbox
    controller.stop()


def test_a_letter_arrives_as_it_was_written(mailbox):
    Smtp(f"smtp://u:right@{mailbox.address}", "kalpi@example.org").send(LETTER)
    ((sent_from, to, octets),) = mailbox.got
    assert (sent_from, to) == ("kalpi@example.org", ["ada@example.org"])
    message = message_from_bytes(octets, policy=policy.default)
    assert (message["Subject"], message["To"], message["Auto-Submitted"]) == (
        "A new password",
        "ada@example.org",
        "auto-generated",
    )
    assert message.get_content().replace("\r\n", "\n") == LETTER.text
    assert mailbox.known == [(b"u", b"right")]


def test_what_the_server_refuses_is_an_error_of_the_outside(mailbox):
    with pytest.raises(OSError, match="Authentication"):
        Smtp(f"smtp://u:wrong@{mailbox.address}", "kalpi@example.org").send(LETTER)
    assert issubclass(smtplib.SMTPException, OSError)
    with pytest.raises(OSError, match="refused"):
        Smtp(f"smtp://127.0.0.1:{free_port()}", "kalpi@example.org").send(LETTER)
    assert mailbox.got == []


def test_an_address_cannot_bring_a_header_of_its_own(mailbox):
    forged = letters.verify("ada@example.org\nBcc: eve@example.org", "a-code", "https://kalpi.example")
    with pytest.raises(ValueError, match="linefeed"):
        Smtp(f"smtp://{mailbox.address}", "kalpi@example.org").send(forged)
    assert mailbox.got == []


def test_to_another_machine_nothing_goes_in_clear(mailbox, monkeypatch):
    monkeypatch.setattr("api.mail.sender._is_loopback", lambda _: False)
    with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS"):
        Smtp(f"smtp://u:right@{mailbox.address}", "kalpi@example.org").send(LETTER)
    assert (mailbox.got, mailbox.known) == ([], [])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_this_machine_is_known(host):
    from api.mail.sender import _is_loopback  # noqa: PLC0415

    assert _is_loopback(host)
    assert not _is_loopback("10.0.0.1")
    assert not _is_loopback("mail.example.org")


def test_on_the_console_no_line_of_a_letter_passes_for_another():
    stream = io.StringIO()
    Console(lambda: stream).send(LETTER)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "mail | to ada@example.org: A new password"
    assert "mail |     a-code" in lines
    assert all(line.startswith("mail | ") for line in lines)


def test_no_writing_out_tells_address_or_code():
    assert "ada" not in repr(LETTER)
    assert "a-code" not in repr(LETTER)
