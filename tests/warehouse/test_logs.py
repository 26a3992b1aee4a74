"""Lines of the log: JSON, whatever is in them, and without secrets."""

import io
import json
import logging
import subprocess
import sys

import pytest
from structlog.contextvars import bound_contextvars

from warehouse import logs

KEY = "kalpi_live_0123456789ab_0123456789abcdefghijABCDEFGHIJ01ABCDEF"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
HOSTILE = 'a\nb\r\x1b[31m\x00\x7f\x85\u2028\u202e"\ud800{}'


@pytest.fixture
def told():
    """A logger of our own, and what it has written as a list of events."""
    stream, logger = io.StringIO(), logging.getLogger("kalpi.test")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Formatter())
    logger.addHandler(handler)
    logger.setLevel("DEBUG")
    logger.propagate = False
    yield logger, lambda: [json.loads(one) for one in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_an_event_is_a_line_with_its_time_in_utc_its_level_and_what_is_bound(told):
    logger, events = told
    with bound_contextvars(run_id="r1"):
        logger.info("batch %s taken", 7, extra={"rows": 12})
    (event,) = events()
    assert list(event)[:3] == ["timestamp", "level", "event"]
    assert event["timestamp"].endswith("Z")
    assert (event["level"], event["event"], event["rows"], event["run_id"]) == ("info", "batch 7 taken", 12, "r1")


@pytest.mark.check(43)
def test_hostile_text_stays_within_its_line(told):
    logger, events = told
    logger.warning(HOSTILE, extra={"given": HOSTILE, "other": {"deep": HOSTILE}})
    raw = logs.line({"event": HOSTILE})
    assert raw.isascii()
    assert raw.isprintable()
    (event,) = events()
    assert (event["event"], event["given"]) == (HOSTILE, HOSTILE)


@pytest.mark.check(43)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"\xff", {1: 2}, [1], KeyError("x"), 1 << 70])
def test_whatever_is_told_is_json(value):
    assert isinstance(json.loads(logs.line({"event": "e", "value": value}))["value"], str | int)


@pytest.mark.check(24)
@pytest.mark.parametrize(
    "text",
    [
        f"X-API-Key: {KEY}",
        f"Authorization: Bearer {TOKEN}",
        "authorization: basic dXNlcjpwYXNzd29yZHBhc3N3b3Jk",
        f"?api_key={KEY}&x=1",
        "postgresql://kalpi:hunter2hunter2@db:5432/kalpi is lost",
        "kalpi_refresh_0123456789abcdefghij0123456789abcdefghij",
    ],
)
def test_what_looks_like_a_credential_is_taken_out_wherever_it_stands(told, text):
    logger, events = told
    secrets = (KEY, TOKEN, "dXNlcjpwYXNzd29yZHBhc3N3b3Jk", "hunter2hunter2", "0123456789abcdefghij0123456789abcdefghij")
    logger.error(text, extra={"given": text, "deep": {"er": [text]}})
    logger.error("failed", exc_info=ValueError(text))
    told_of = json.dumps(events())
    assert not [secret for secret in secrets if secret in told_of or secret[12:] in told_of]
    assert told_of.count("[hidden]") >= 4


@pytest.mark.check(24)
def test_what_is_called_a_secret_and_what_is_known_as_one_is_hidden(told, monkeypatch):
    logger, events = told
    monkeypatch.setattr(logs, "_hidden", set())
    logs.hide('my own pass"word', "short")
    logger.info(
        'a my own pass"word b short', extra={"password": "x", "refresh_token": "y", "Cookie": "z", "key_id": "k"}
    )
    (event,) = events()
    assert event["event"] == "a [hidden] b short"
    assert (event["password"], event["refresh_token"], event["Cookie"], event["key_id"]) == (*["[hidden]"] * 3, "k")


def test_of_a_long_trace_the_end_is_kept(told):
    logger, events = told
    logger.error(f"{'x' * 50_000}end")  # noqa: G004
    (event,) = events()
    assert event["event"].endswith("end")
    assert len(event["event"]) < 13_000


def test_settings_hold_for_all_loggers_and_refuse_unknown_levels():
    made = logs.settings({"KALPI_LOG_LEVEL": "Warning"})
    assert made["loggers"]["kalpi"]["level"] == "WARNING"
    with pytest.raises(logs.BadLevel, match="debug, info, warning, error"):
        logs.settings({"KALPI_LOG_LEVEL": "loud"})


def test_it_is_standard_error_that_gets_the_lines():
    code = "from warehouse import logs; logs.configure(); import logging; logging.getLogger('other').warning('w')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert json.loads(done.stderr)["logger"] == "other"
