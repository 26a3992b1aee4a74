"""What a hostile client sends gets an error of its own, quickly, in little memory, and disturbs nobody."""

import json
import socket
import time

import pytest
import redis

from tests.api.served.stage import POINT, staged
from tests.services import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.check(33)]
MEGABYTE = 1_000_000
SLACK = 4


@pytest.fixture(scope="module")
def stage(world, postgres, shared_valkey):
    with redis.Redis.from_url(shared_valkey.unix_url) as client:
        client.flushall()
    with staged(world, postgres, shared_valkey.unix_url, workers=2) as stage:
        stage.issued = stage.key("premium")
        stage.spread(stage.issued, 50)
        yield stage


def memory(stage):
    return sum(worker.memory_full_info().uss for worker in stage.server.workers)


def sent(stage, *pieces, answer=True):
    """Send bytes as they are; return the status of what comes back and how long it took."""
    address = stage.client.base_url.host, stage.client.base_url.port
    begun = time.monotonic()
    with socket.create_connection(address, timeout=10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:  # it has answered and closed already
            pass
        if not answer:
            return None, time.monotonic() - begun
        head = connection.recv(65536)
    return int(head.split(b" ")[1]), time.monotonic() - begun


def post(stage, body, *more, length=None, path="/v1/batch"):
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {stage.issued.key}\r\nContent-Length: {length or len(body)}\r\n"
    )
    return (f"{head}Connection: close\r\n\r\n".encode() + body, *more)


def get(stage, path, *headers):
    lines = [f"GET {path} HTTP/1.1", "Host: x", f"X-API-Key: {stage.issued.key}", *headers, "Connection: close", "", ""]
    return ("\r\n".join(lines).encode("latin-1"),)


def batch(**members):
    return json.dumps({"symbols": ["AAPL"], "indicators": [{"id": "sma"}], **members}).encode()


def chunked(stage, *chunks):
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-API-Key: {stage.issued.key}\r\nTransfer-Encoding: chunked\r\n\r\n"
    return (head.encode(), *chunks)


SERIES = "/v1/symbols/AAPL/indicators/sma"
HOSTILE = {
    "100,000 brackets": (lambda stage: post(stage, b"[" * 100_000), {400}),
    "100,000 braces": (lambda stage: post(stage, b'{"symbols":' * 100_000), {400, 413}),
    "50 MB said": (lambda stage: post(stage, b"x", length=50 * MEGABYTE), {413}),
    "50 MB in chunks": (lambda stage: chunked(stage, *[b"100000\r\n" + b"x" * 0x100000 + b"\r\n"] * 50), {400, 413}),
    "10,000 parameters": (
        lambda stage: get(stage, f"{SERIES}?{'&'.join(f'p{n}=1' for n in range(10_000))}"),
        {400, 414},
    ),
    "4,000 bytes of parameters": (lambda stage: get(stage, f"{SERIES}?{'&'.join('p=1' for n in range(900))}"), {400}),
    "101 headers": (lambda stage: get(stage, POINT, *(f"X-H{n}: 1" for n in range(101))), {400, 431}),
    "a header of 9 kB": (lambda stage: get(stage, POINT, "X-Long: " + "x" * 9000), {400, 431}),
    "NUL in a path": (lambda stage: get(stage, "/v1/symbols/%00"), {404}),
    "NUL in a body": (lambda stage: post(stage, batch(symbols=["\0"])), {200}),  # the item says what is wrong
    "a raw NUL in a body": (lambda stage: post(stage, b'{"symbols": ["\0"]}'), {400}),
    "a lone surrogate": (lambda stage: post(stage, b'{"symbols":["\\ud800"],"indicators":[{"id":"sma"}]}'), {400, 422}),
    "no UTF-8": (lambda stage: post(stage, b'{"symbols":["\xff"],"indicators":[{"id":"sma"}]}'), {400}),
    "2^63": (lambda stage: get(stage, f"{SERIES}?limit={2**63}"), {422}),
    "2^63 in a body": (lambda stage: post(stage, batch(limit=2**63)), {422}),
    "a number of 4,000 digits": (lambda stage: post(stage, b'{"limit":' + b"9" * 4000 + b"}"), {400, 422}),
    "NaN": (
        lambda stage: post(stage, b'{"symbols":["AAPL"],"indicators":[{"id":"sma","params":{"period":NaN}}]}'),
        {400},
    ),
    "infinity": (lambda stage: get(stage, f"{SERIES}?period=inf"), {422}),
    "1e400": (lambda stage: post(stage, b'{"symbols":["AAPL"],"indicators":[{"id":"sma"}],"limit":1e400}'), {400, 422}),
    "a member twice": (lambda stage: post(stage, b'{"symbols":["AAPL"],"symbols":["IBM"],"indicators":[]}'), {400}),
    "a page of 100,000 rows": (lambda stage: get(stage, f"{SERIES}?limit=100000"), {422}),
    "51 items of 10,000 rows": (lambda stage: post(stage, batch(symbols=["AAPL"] * 51, limit=10_000)), {422}),
    "CSV in a name": (lambda stage: get(stage, "/v1/symbols/=cmd%7C'%20/C%20calc'!A0"), {404}),
    "a header of line feeds": (lambda stage: get(stage, POINT, "X-Request-Id: a\x0bb\x1b[31m"), {200, 400}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_its_sender_s_mistake(stage, name, record_property):
    made, expected = HOSTILE[name]
    pieces = made(stage)
    status, seconds = sent(stage, *pieces)
    record_property("ms", round(seconds * 1e3))
    assert status in expected
    assert seconds < 0.1 * SLACK or sum(map(len, pieces)) > MEGABYTE  # what is sent takes its time
    assert stage.client.get("/healthz").status_code == 200


def test_all_of_it_again_and_again_takes_no_memory_and_no_thread(stage, record_property):
    key = {"X-API-Key": stage.issued.key}
    for made, _ in HOSTILE.values():
        sent(stage, *made(stage))
    before, threads = memory(stage), [worker.num_threads() for worker in stage.server.workers]
    for _ in range(5):
        for made, _ in HOSTILE.values():
            sent(stage, *made(stage))
    grown = memory(stage) - before
    record_property("grown, MB", round(grown / MEGABYTE, 1))
    assert grown < 20 * MEGABYTE * len(stage.server.workers)
    assert [worker.num_threads() for worker in stage.server.workers] == threads
    assert stage.client.get(POINT, headers=key).status_code == 200
    assert stage.sql("select count(*) as wrong from requests where status >= 500") == [{"wrong": 0}]


def test_a_body_that_never_ends_holds_nobody_up(stage):
    """Eight threads answer; a client that sends a part of its body and no more holds one of them, not the others."""
    key = {"X-API-Key": stage.issued.key}
    (piece,) = post(stage, b'{"symbols', length=500)
    address = stage.client.base_url.host, stage.client.base_url.port
    held = [socket.create_connection(address, timeout=10) for _ in range(2)]
    for connection in held:
        connection.sendall(piece)
    for _ in range(20):
        assert stage.client.get(POINT, headers=key).status_code == 200
    for connection in held:
        connection.close()
    wait_for(lambda: stage.rows("problem = 'not-json' and method = 'POST'"), seconds=20)
