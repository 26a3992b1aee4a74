"""The API as gunicorn serves it."""

import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.api.conftest import strict
from tests.api.test_follow import twin

POINT = "/v1/symbols/AAPL/at/latest"


@pytest.fixture(scope="module")
def server(served, keys):
    """A client of the server, with a key."""
    with served.new_client(headers={"X-API-Key": keys["premium"]}) as client:
        yield client


def test_it_answers(server):
    answer = server.get(POINT)
    assert answer.status_code == 200
    assert strict(answer.content)["values"]["close"] == 430.47
    assert answer.headers["Server"] == "gunicorn"
    assert len(answer.headers["X-Request-Id"]) == 24
    assert server.get(POINT, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert server.head(POINT).headers["Content-Length"] == answer.headers["Content-Length"]


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/v1/symbols/%00/bars", "unknown-symbol"),
        ("/v1/symbols/AAPL%ff/bars", "unknown-symbol"),
        ("/v1/symbols/..%2f..%2fetc/bars", "not-found"),
        ("/v1/symbols/AAPL/bars?limit=%00", "parameter-out-of-bounds"),
        ("/v1/symbols/AAPL/bars?snapshot=../../etc", "unknown-snapshot"),
        ("/v1/symbols/AAPL/bars?snapshot=current", "unknown-snapshot"),
        ("/v1/symbols/AAPL/at/latest?columns=%ed%a0%80", "unknown-column"),
        ("/v1/symbols/AAPL/indicators/sma?period=nan", "parameter-out-of-bounds"),
        ("/v1/symbols/AAPL/indicators/stddev?multiplier=inf", "parameter-out-of-bounds"),
        (f"/v1/symbols/AAPL/bars?{'&'.join(f'p{n}=1' for n in range(300))}", "unknown-parameter"),
    ],
)
@pytest.mark.check(33)
def test_hostile_questions_get_problems(server, path, slug):
    answer = server.get(path)
    assert answer.json()["type"] == f"/problems/{slug}", answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n",
        b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
@pytest.mark.check(34)
def test_unclear_framing_ends_the_connection(server, head):
    with socket.create_connection((server.base_url.host, server.base_url.port), timeout=5) as connection:
        connection.sendall(head)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 4")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_body_of_unsaid_length_is_read(server):
    pieces = (b'{"symbols": ["AAPL"], ', b'"indicators": [{"id": "rsi"}], "limit": 1}')
    answer = server.post("/v1/batch", content=iter(pieces))
    assert "Content-Length" not in answer.request.headers
    assert [item["status"] for item in answer.json()["items"]] == [200]


@pytest.mark.parametrize(
    ("pieces", "slug"), [([], "not-json"), ([b"[" * 100_000], "not-json"), ([b"x" * 600_000] * 2, "body-too-large")]
)
@pytest.mark.check(33)
def test_hostile_bodies_get_problems(server, pieces, slug):
    for body in (b"".join(pieces), iter(pieces)):
        answer = server.post("/v1/batch", content=body, headers={"Connection": "close"})  # gunicorn reads no rest
        assert answer.json()["type"] == f"/problems/{slug}"
    assert server.get(POINT).status_code == 200


@pytest.mark.check(35)
def test_threads_do_not_mix_answers_up(server):
    symbols = ("AAPL", "IBM", "MSFT", "GOOG", "FB")
    wrong = []

    def ask(place):
        for turn in range(60):
            symbol = symbols[(place + turn) % len(symbols)]
            answer = server.get(f"/v1/symbols/{symbol}/indicators/sma?limit=2&period={2 + turn}")
            if answer.status_code != 200 or answer.json()["symbol"] != symbol:
                wrong.append(answer.text)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.check(2)
def test_a_new_snapshot_is_served_within_two_seconds_and_without_an_error(server, served_home):
    seen, errors, stop = [], [], threading.Event()

    def ask():
        while not stop.is_set():
            answer = server.get(POINT)
            body = answer.json()
            if answer.status_code != 200 or body["values"]["close"] != 430.47:
                errors.append(answer.text)
            else:
                seen.append((time.monotonic(), body["snapshot"]))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    published = []
    for day in (1, 2):
        time.sleep(1)
        published.append((twin(served_home, f"2099010{day}T000000Z-aaaaaa"), time.monotonic()))
    time.sleep(2.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    last, at = published[-1]
    assert {snapshot for when, snapshot in seen if when > at + 2} == {last}
    assert {name for name, _ in published} <= {snapshot for _, snapshot in seen}


def test_importing_the_application_opens_and_loads_little():
    code = (
        "import sys, threading, api.wsgi\n"
        "heavy = {'dagster', 'great_expectations', 'pandas', 'polars', 'duckdb', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert threading.active_count() == 1\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={})
