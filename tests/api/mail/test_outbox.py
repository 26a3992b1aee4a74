import threading
import time

import pytest

from api.mail import Outbox, letters
from tests.services import wait_for

LETTER = letters.known("ada@example.org", "https://kalpi.example")


class Failing:
    """Fails so many times, then keeps what it is given."""

    def __init__(self, times=0, error=None):
        self.left, self.error, self.sent = times, error or OSError("down"), []

    def send(self, letter):
        if self.left:
            self.left -= 1
            raise self.error
        self.sent.append(letter)


def test_a_letter_goes_from_a_thread_that_starts_with_it():
    before, sender = threading.active_count(), Failing()
    outbox = Outbox(sender, every=0.01)
    assert threading.active_count() == before
    outbox.put(LETTER)
    wait_for(lambda: sender.sent == [LETTER])
    outbox.close()
    assert threading.active_count() == before


@pytest.mark.check(26)
def test_nothing_is_sent_in_the_moment_it_is_asked_for():
    sender = Failing()
    outbox = Outbox(sender, every=60)
    for _ in range(2):
        outbox.put(LETTER)
    time.sleep(0.1)
    assert sender.sent == []
    outbox.close()
    assert len(sender.sent) == 2


def test_a_letter_that_cannot_be_sent_is_tried_again():
    sender = Failing(times=2)
    outbox = Outbox(sender, every=0.01, pause=0.01)
    outbox.put(LETTER)
    wait_for(lambda: sender.sent == [LETTER])
    outbox.close()


def test_it_is_given_up_in_the_end_and_the_next_is_sent(caplog):
    for error in (OSError("down"), ValueError("no address")):
        sender = Failing(times=3, error=error)
        outbox = Outbox(sender, every=0.01, pause=0.01)
        outbox.put(LETTER)
        outbox.put(LETTER)
        wait_for(lambda sender=sender: sender.sent == [LETTER])
        outbox.close()
        assert f"a mail could not be sent: {type(error).__name__}" in caplog.text
    assert "ada" not in caplog.text


def test_who_asks_never_waits_and_what_is_too_much_is_told(caplog):
    go_on = threading.Event()
    sender = Failing()
    sender.send = lambda _: go_on.wait(10)
    outbox = Outbox(sender, size=2, every=0.01)
    started = time.monotonic()
    for _ in range(10):
        outbox.put(LETTER)
    assert time.monotonic() - started < 5
    assert "a mail is not sent: 2 are waiting" in caplog.text
    go_on.set()
    outbox.close()


def test_closing_sends_what_waits():
    sender = Failing()
    outbox = Outbox(sender, every=0.01)
    for _ in range(50):
        outbox.put(LETTER)
    outbox.close()
    assert len(sender.sent) == 50
