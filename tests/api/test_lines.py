"""Answered requests as lines of the log."""

import json
import time

import pytest

from api.accounts.lookup import Principal
from api.accounts.scopes import OF_KEYS
from api.accounts.tiers import seeded
from api.audit.entry import Entry
from api.limits import Verdict
from api.limits.verdict import Window
from api.lines import RequestLines
from tests.services import wait_for

CALLER = Principal(
    account_id="a1",
    key_id="k1",
    tier=seeded()[0],
    scopes=OF_KEYS,
    email="x@example.org",
    is_verified=True,
    token_version=0,
)


def entry(**facts):
    made = Entry(print, "request-0001", "192.0.2.77", "GET", None, time.perf_counter())
    made.status = 200
    for name, value in facts.items():
        setattr(made, name, value)
    return made


class Written(list):
    """The pieces that were written."""

    @property
    def events(self):
        return [json.loads(line) for line in b"".join(self).splitlines()]


@pytest.fixture
def written():
    return Written()


def test_a_line_tells_what_is_known_of_a_request(written):
    lines = RequestLines(written.append)
    verdict = Verdict(allowed=True, violated=(), minute=Window(60, 59, 60), day=Window(50, 49, 100), cost=1)
    traced = f"00-{'a1' * 16}-{'b2' * 8}-01"
    known = entry(route="/v1/me", caller=CALLER, verdict=verdict, cache="hit", snapshot="s1", traceparent=traced)
    lines.add(known, 321)
    lines.flush()
    (event,) = written.events
    took, at = event.pop("ms"), event.pop("timestamp")
    assert 0 <= took < 60_000
    assert at.endswith("Z")
    assert event.pop("pid")
    assert event == {
        "level": "info",
        "event": "request",
        "request_id": "request-0001",
        "trace_id": "a1" * 16,
        "method": "GET",
        "route": "/v1/me",
        "status": 200,
        "problem": None,
        "cache": "hit",
        "limiter": "allowed",
        "units": 1,
        "snapshot": "s1",
        "account": "a1",
        "key": "k1",
        "tier": "free",
        "client": "192.0.2.0/24",
        "octets": 321,
    }


@pytest.mark.parametrize(
    ("client", "shown"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", None), ("x\ny", None)],
)
def test_of_an_address_its_network_is_told(written, client, shown):
    lines = RequestLines(written.append)
    lines.add(entry(client=client), 0)
    lines.flush()
    assert written.events[0]["client"] == shown


@pytest.mark.parametrize(
    ("status", "problem", "level"),
    [(200, None, "info"), (429, "quota-exceeded", "info"), (503, "no-snapshot", "warning"), (500, "internal", "error")],
)
def test_levels_are_used_as_their_names_say(written, status, problem, level):
    lines = RequestLines(written.append)
    lines.add(entry(status=status, problem=problem), 0)
    lines.flush()
    assert written.events[0]["level"] == level


def test_from_warning_on_only_what_went_wrong_is_told(written):
    lines = RequestLines(written.append, level="warning")
    for status in (200, 404, 503):
        lines.add(entry(status=status), 0)
    lines.flush()
    assert [event["status"] for event in written.events] == [503]


def test_pieces_are_whole_lines_that_a_pipe_takes_at_once(written):
    lines = RequestLines(written.append)
    for n in range(100):
        lines.add(entry(request_id=f"request-{n:04}"), n)
    lines.flush()
    assert len(written) > 1
    assert all(piece.endswith(b"\n") and len(piece) <= 4096 for piece in written)
    assert [event["octets"] for event in written.events] == list(range(100))


def test_what_nobody_reads_is_left_out_and_told(written):
    lines = RequestLines(written.append, most=10)
    for _ in range(25):
        lines.add(entry(), 0)
    lines.flush()
    *requests, last = written.events
    assert len(requests) == 10
    assert (last["level"], last["event"], last["lines"]) == ("warning", "request lines left out", 15)
    lines.flush()
    assert len(written.events) == 11


def test_lines_are_written_by_themselves_and_the_last_ones_at_the_end(written):
    lines = RequestLines(written.append, every=0.01).start()
    lines.add(entry(), 1)
    wait_for(lambda: len(written.events) == 1)
    lines.add(entry(), 2)
    lines.close()
    assert [event["octets"] for event in written.events] == [1, 2]
