"""The log of a server of two workers: every line JSON, every answer one, and nothing that a client sent forges any."""

import json
import signal

import psycopg
import pytest

from tests.api.load import ask
from tests.api.served.stage import ANYWHERE, POINT, ROUTE, staged
from tests.services import wait_for

HOSTILE = 'a\x9b31m\x85\\n"}{'  # what gunicorn lets through; the rest is a 400 before us
TRACE = "0af7651916cd43dd8448eb211c80319c"
PASSWORD = "correct horse battery staple"


def events(server, **wanted):
    """Read the whole log; give the events that have these members."""
    told = [json.loads(line) for line in server.log.read_text().splitlines()]
    return [event for event in told if wanted.items() <= event.items()]


@pytest.mark.check(43)
def test_every_answer_is_a_line_whatever_its_headers(served, accounts):
    key = {"X-API-Key": accounts.create_key("lines@example.org", "pro").key}
    answers = ask(served.client, [(POINT, {**key, **ANYWHERE})] * 300)
    names = [answer.name for answer in answers]
    wait_for(lambda: sorted(each["request_id"] for each in events(served) if each.get("request_id") in names) == names)
    hostile = ("User-Agent", "Referer", "X-Forwarded-For", "Accept-Language", "traceparent")
    headers = {name: HOSTILE.encode("latin-1") for name in hostile}
    for n in range(20):
        answer = served.client.get(POINT, headers={**headers, **key, "X-Request-Id": f"bad id {n}"})
        assert answer.headers["X-Request-Id"] != f"bad id {n}"
        wait_for(lambda made=answer.headers["X-Request-Id"]: events(served, event="request", request_id=made))
    assert served.log.read_text().isascii()


@pytest.mark.check(43)
def test_a_line_has_who_asked_what_and_how_it_went(served, accounts):
    issued = accounts.create_key("line@example.org", "pro")
    told = {"X-Request-Id": "the-request-01", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    served.client.get(POINT, headers={"X-API-Key": issued.key, **told})
    wait_for(lambda: events(served, request_id="the-request-01"))
    (event,) = events(served, request_id="the-request-01")
    assert (event["route"], event["status"], event["tier"], event["key"]) == (ROUTE, 200, "pro", issued.id)
    assert (event["limiter"], event["units"], event["trace_id"]) == ("allowed", 1, TRACE)
    assert (event["client"], event["timestamp"][-1]) == ("127.0.0.0/24", "Z")
    assert event["snapshot"]


@pytest.mark.check(24)
def test_no_secret_stands_in_the_log_however_it_came(served, accounts, accounts_url):
    """Canaries go through headers, addresses, bodies, errors, and a fault of ours with its trace."""
    client, issued = served.client, accounts.create_key("secrets@example.org", "premium")
    canary = f"kalpi_live_{'c' * 12}_{'d' * 32}{'0' * 6}"
    person = {"email": "canary@example.org", "password": PASSWORD}
    client.post("/v1/users", json=person)
    tokens = client.post("/v1/auth/login", json=person).json()
    client.post("/v1/auth/login", json={**person, "password": f"{PASSWORD}!"})
    client.post("/v1/auth/login", json={**person, "passwort": PASSWORD})
    client.post("/v1/auth/login", content=json.dumps(person)[:-1])
    client.post("/v1/auth/token", data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    for key in (canary, issued.key[:-1]):
        client.get(POINT, headers={"X-API-Key": key})
        client.get(f"/v1/symbols/{key}/at/latest", headers={"X-API-Key": issued.key, "User-Agent": key})
        client.get(POINT, params={"api_key": key, "columns": key})
    for header in (f"Bearer {tokens['access_token']}", f"Bearer {tokens['access_token']}x", f"Basic {canary}"):
        client.get("/v1/me", headers={"Authorization": header, "Cookie": f"session={canary}"})
    with psycopg.connect(accounts_url, autocommit=True) as connection:
        connection.execute("alter table accounts rename column email to gone")
        try:
            failed = client.post("/v1/auth/login", json=person)
        finally:
            connection.execute("alter table accounts rename column gone to email")
    assert failed.status_code == 500
    wait_for(lambda: events(served, event="request failed", request_id=failed.headers["X-Request-Id"]))
    told = served.log.read_text()
    secrets = (PASSWORD, issued.key, canary, *(tokens[name] for name in ("access_token", "refresh_token")))
    assert [secret for secret in secrets if secret in told or secret[24:] in told] == []


@pytest.mark.slow
@pytest.mark.check(43)
def test_told_to_end_it_writes_the_last_lines(world, postgres, redis_url):
    with staged(world, postgres, redis_url, workers=2) as stage:
        key = {"X-API-Key": stage.key("pro").key, **ANYWHERE}
        answers = ask(stage.client, [(POINT, key)] * 200)
        stage.server.process.send_signal(signal.SIGTERM)
        stage.server.process.wait(timeout=60)
        told = [event["request_id"] for event in events(stage.server, event="request", route=ROUTE)]
        assert sorted(told) == [answer.name for answer in answers]
