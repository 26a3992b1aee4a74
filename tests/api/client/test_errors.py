"""What goes wrong, and what is done about it."""

import logging
import pickle
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest

from api.problems import PROBLEMS
from kalpi_client import (
    NEVER,
    AboveTier,
    BadQuestion,
    Client,
    KalpiError,
    NotAuthorised,
    NotFound,
    PartialAnswer,
    QuotaExceeded,
    Refused,
    Retries,
    ServerFault,
    Unavailable,
    Unreachable,
    Unreadable,
    errors,
)
from tests.api.client.scripted import scripted
from tests.services import free_port

KEY = "kalpi_live_secret"
AT_ONCE = Retries(random=lambda: 0.0)
OK = (200, {"Content-Type": "application/json"}, b'{"items": []}')


def refusal(status, slug, headers=(), **members):
    body = msgspec.json.encode(
        {"type": f"/problems/{slug}", "title": "No", "status": status, "detail": "no", **members}
    )
    return status, {"Content-Type": "application/problem+json", **dict(headers)}, body


def snapshots(kalpi):
    return kalpi.snapshots()


@pytest.mark.parametrize(
    ("question", "kind", "slug", "allowed"),
    [
        (lambda kalpi: kalpi.series("APPL", "rsi"), NotFound, "unknown-symbol", ["AAPL"]),
        (lambda kalpi: kalpi.indicator("rsx"), NotFound, "unknown-indicator", None),
        (lambda kalpi: kalpi.series("AAPL", "rsi", length=9), BadQuestion, "unknown-parameter", None),
        (lambda kalpi: kalpi.bars("AAPL", start="soon"), BadQuestion, "bad-date", "YYYY-MM-DD"),
        (lambda kalpi: kalpi.symbol("../indicators/rsi"), NotFound, "unknown-symbol", None),
        (lambda kalpi: kalpi.screen("rsi_14 <"), BadQuestion, "bad-expression", None),
        (lambda kalpi: kalpi.batch(["AAPL"], []), BadQuestion, "parameter-out-of-bounds", None),
    ],
)
def test_a_refusal_has_the_problem_document(ask, question, kind, slug, allowed):
    with pytest.raises(kind) as caught:
        ask(question)
    problem = caught.value.problem
    assert problem.slug == slug
    assert problem.request_id in str(caught.value)
    assert allowed is None or problem.allowed == allowed


def test_what_is_above_the_tier_names_the_least_that_has_it(ask, free_key):
    with pytest.raises(AboveTier) as caught:
        ask(lambda kalpi: kalpi.series("AAPL", "rsi"), key=free_key)
    assert caught.value.problem.members["least_tier"] == "pro"


def test_a_wrong_key_is_not_authorised(ask, free_key):
    with pytest.raises(NotAuthorised):
        ask(lambda kalpi: kalpi.me(), key=free_key[:-1] + ("0" if free_key[-1] != "0" else "1"))


def test_a_part_that_is_refused_is_raised_with_the_rest(ask):
    with pytest.raises(PartialAnswer, match=r"APPL: rsi: /problems/unknown-symbol: .* near it: AAPL") as caught:
        ask(lambda kalpi: kalpi.batch(["APPL", "IBM"], ["rsi"], limit=3))
    assert caught.value.frame.columns == ["symbol", "date", "rsi_14"]
    assert caught.value.frame["symbol"].to_list() == ["IBM"] * 3
    with pytest.raises(PartialAnswer, match="bad: /problems/bad-expression"):
        ask(lambda kalpi: kalpi.expressions(["IBM"], {"good": "close", "bad": "close +"}, limit=3))
    with pytest.raises(PartialAnswer, match="APPL: /problems/unknown-symbol"):
        ask(lambda kalpi: kalpi.at(["APPL", "IBM"]))


def test_quotas_are_told(url, keys, free_key):
    with Client(url, free_key) as kalpi:
        assert kalpi.quota is None
        kalpi.point("AAPL")
        before = kalpi.quota
        kalpi.point("AAPL", columns=["close"])
        assert (before.day.left, before.minute.left) == (kalpi.quota.day.left + 1, kalpi.quota.minute.left + 1)
        assert 0 < kalpi.quota.minute.seconds <= 60
    with Client(url, keys["premium"]) as kalpi:
        kalpi.me()
        assert kalpi.quota.day is None


@pytest.mark.parametrize("status", sorted({one.status for one in PROBLEMS}))
def test_every_status_of_the_api_is_an_exception_of_its_own(ask, status):
    with scripted(refusal(status, "some-thing")) as server, pytest.raises(Refused) as caught:
        ask(snapshots, address=server.url, retries=NEVER)
    expected = {
        401: NotAuthorised,
        403: AboveTier,
        404: NotFound,
        429: QuotaExceeded,
        500: ServerFault,
        503: Unavailable,
    }
    assert type(caught.value) is expected.get(status, BadQuestion)
    assert pickle.loads(pickle.dumps(caught.value)).problem == caught.value.problem  # noqa: S301 - our own


@pytest.mark.parametrize(
    "trouble", [refusal(429, "quota-exceeded", {"Retry-After": "0"}), refusal(503, "no-snapshot"), (502, {}, b""), None]
)
def test_what_passes_is_asked_again(ask, trouble):
    with scripted(trouble, trouble, trouble, OK) as server:
        assert ask(snapshots, address=server.url, retries=AT_ONCE) == ()
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "trouble",
    [
        refusal(500, "internal"),
        refusal(422, "bad-date"),
        refusal(429, "quota-exceeded", {"Retry-After": "61"}),
        (302, {"Location": "http://127.0.0.1:1/"}, b""),
        (200, {}, b"<html>"),
    ],
)
def test_what_does_not_pass_is_raised_at_once(ask, trouble):
    with scripted(trouble, OK) as server, pytest.raises(KalpiError):
        ask(snapshots, address=server.url, retries=AT_ONCE)
    assert len(server.asked) == 1


def test_it_ends_after_some_attempts(ask):
    with scripted(refusal(503, "no-snapshot")) as server, pytest.raises(Unavailable):
        ask(snapshots, address=server.url, retries=AT_ONCE)
    assert len(server.asked) == AT_ONCE.attempts


def test_nobody_there(ask):
    with pytest.raises(Unreachable, match="/v1/snapshots"):
        ask(snapshots, address=f"http://127.0.0.1:{free_port()}", retries=AT_ONCE)


@pytest.mark.parametrize("answer", [(200, {}, b"<html>"), (200, {}, b'{"rows": []}'), (301, {"Location": "/"}, b"")])
def test_another_server_is_told_apart(ask, answer):
    with scripted(answer) as server:
        with pytest.raises(Unreadable, match=server.url):
            ask(snapshots, address=server.url)
        with pytest.raises(Unreadable, match=server.url):
            ask(lambda kalpi: kalpi.bars("AAPL"), address=server.url)


def test_waits():
    asked = refused(Unavailable, retry_after=None)
    halves = Retries(attempts=9, random=lambda: 0.5)
    assert [halves.wait(attempt, asked) for attempt in range(1, 7)] == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0]
    assert halves.wait(9, asked) is None
    assert halves.wait(1, refused(QuotaExceeded, retry_after=60)) == 60.125
    assert halves.wait(1, refused(QuotaExceeded, retry_after=60.5)) is None
    assert halves.wait(1, Unreachable("nobody")) == 0.25
    assert halves.wait(1, Unreadable("html")) is None


def refused(kind, retry_after):
    return kind(errors.Problem(status=503 if kind is Unavailable else 429), retry_after)


def test_retry_after_may_be_a_date():
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert errors._seconds(later) == pytest.approx(3600, abs=10)
    assert errors._seconds("Mon, 01 Jan 2024 00:00:00 GMT") == 0
    assert errors._seconds("soon") is None


def test_the_key_stands_in_a_header_and_in_no_text(ask, caplog):
    told = []
    with caplog.at_level(logging.DEBUG), scripted(None, refusal(403, "route-above-tier")) as server:
        for _ in range(2):
            with pytest.raises(KalpiError) as caught:
                ask(lambda kalpi: kalpi.me(), KEY, server.url, retries=NEVER)
            frames = [one.frame.f_locals for one in caught.traceback if "kalpi_client" in str(one.path)]
            kalpi = next(frame["self"] for frame in frames if "self" in frame)
            told += [
                repr(caught.value),
                str(caught.value),
                repr(caught.value.__cause__),
                repr(kalpi),
                repr(vars(kalpi)),
            ]
            told += [repr(value) for frame in frames for value in frame.values()]
    assert {headers["X-API-Key"] for _, _, headers in server.asked} == {KEY}
    assert all(KEY not in path for _, path, _ in server.asked)
    assert "send_request_headers" in caplog.text
    assert KEY not in caplog.text + "".join(told)


def test_no_key(monkeypatch):
    monkeypatch.delenv("KALPI_API_KEY", raising=False)
    with pytest.raises(ValueError, match="KALPI_API_KEY"):
        Client()


def test_address_and_key_come_from_the_environment(url, keys, monkeypatch):
    monkeypatch.setenv("KALPI_URL", f"{url}/")
    monkeypatch.setenv("KALPI_API_KEY", keys["pro"])
    with Client() as kalpi:
        assert (kalpi.url, kalpi.me().tier) == (url, "pro")
