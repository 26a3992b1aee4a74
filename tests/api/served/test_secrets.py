"""No secret that was issued or sent is found anywhere afterwards, but as what can't be turned back."""

import base64
import hashlib
import hmac
import json
import subprocess

import pytest
import redis

from api.accounts.keys import issue
from kalpi.services import _postgres_binaries
from tests.api.conftest import SECRET
from tests.api.served.stage import POINT, staged
from tests.services import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.check(24)]


@pytest.fixture
def stage(world, postgres, valkey):
    with staged(world, postgres, valkey.unix_url, workers=2) as stage:
        yield stage


class Told:
    """Sends secrets in every way there is, and keeps what was sent and what was answered."""

    def __init__(self, stage):
        self.client, self.secrets, self.answers = stage.client, [], []

    def send(self, method, path, **rest):
        answer = self.client.request(method, path, **rest)
        self.answers.append(answer.content + str(dict(answer.headers)).encode())
        return answer

    def with_key(self, key):
        """Send a key in its place, and wherever it does not belong."""
        self.secrets.append(key)
        self.send("GET", POINT, headers={"X-API-Key": key})
        self.send("GET", POINT, headers={"X-API-Key": f"{key}x"})
        self.send("GET", f"{POINT}?api_key={key}")
        self.send("GET", f"{POINT}?columns={key}", headers={"X-API-Key": key})
        self.send("GET", POINT, headers={"Authorization": f"Bearer {key}"})
        self.send("GET", POINT, headers={"Authorization": key})
        self.send("GET", POINT, headers={"Cookie": f"key={key}"})
        self.send(
            "POST", "/v1/auth/token", data={"grant_type": "client_credentials", "client_id": "x", "client_secret": key}
        )
        self.send("POST", "/v1/auth/token", data={"grant_type": key})

    def token(self, issued):
        """Get a token, and send it well and badly."""
        form = {"grant_type": "client_credentials", "client_id": issued.id, "client_secret": issued.key}
        answer = self.client.post("/v1/auth/token", data=form)  # the one answer that may hold it
        token = answer.json()["access_token"]
        self.secrets.append(token)
        for header in (f"Bearer {token}", f"Bearer {token}x", f"Bearer {token[:-9]}", f"bearer  {token}", token):
            self.send("GET", POINT, headers={"Authorization": header})
        self.send("GET", f"{POINT}?access_token={token}")
        self.send("GET", POINT, headers={"X-API-Key": token})


def test_nothing_that_was_issued_is_found(stage, valkey):
    told = Told(stage)
    issued = [stage.key(tier) for tier in ("free", "pro", "premium")]
    stage.accounts.revoke_key(issued[0].id)
    for key in (*(one.key for one in issued), issue().text):
        told.with_key(key)
    told.token(issued[2])
    stage.spread(issued[2], 50)
    wait_for(lambda: len(stage.rows()) > 50, seconds=20)
    stage.server.stop()
    places = {
        "Postgres": _dump(stage.url),
        "Valkey": _memory(valkey),
        "the server's log": stage.server.log.read_bytes(),
        "the spool": b"".join(path.read_bytes() for path in stage.server.spool.glob("*")),
        "answers": b"".join(told.answers),
    }
    for place, octets in places.items():
        for secret in (*told.secrets, SECRET.making().octets.decode()):
            for form in _forms(secret):
                assert form not in octets, (place, secret[:14])
    assert issued[1].id.encode() in places["Postgres"]  # so it is the right dump
    assert b"kalpi:quota" in places["Valkey"]
    (row,) = stage.sql("select digest from api_keys where id = %(id)s", id=issued[1].id)
    assert row["digest"] == hmac.digest(SECRET.making().octets, issued[1].key.encode(), hashlib.sha256)


def _forms(secret):
    """Give the parts of a secret that would betray it, as they are and as they may be written."""
    parts = [secret, secret[24:]] if secret.startswith("kalpi_live_") else [secret]
    parts += [part for part in secret.split(".")[2:] if part]  # a token's signature
    for part in parts:
        yield part.encode()
        yield base64.b64encode(part.encode()).rstrip(b"=")
        yield part.encode().hex().encode()
        yield hashlib.sha256(part.encode()).hexdigest().encode()


def _dump(url):
    command = [str(_postgres_binaries() / "pg_dump"), "--dbname", url.replace("postgresql+psycopg", "postgresql")]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _memory(valkey):
    with redis.Redis.from_url(valkey.unix_url) as client:
        client.config_set("rdbcompression", "no")
        client.save()
    return valkey.snapshot.read_bytes()


@pytest.mark.parametrize("place", ["Postgres", "Valkey"])
def test_what_is_searched_would_be_found(stage, valkey, place):
    """The search finds a secret that was put there."""
    secret = stage.key("free").key
    if place == "Postgres":
        stage.sql("update api_keys set label = %(label)s", label=secret)
        assert secret.encode() in _dump(stage.url)
    else:
        with redis.Redis.from_url(valkey.unix_url) as client:
            client.hset("kalpi:quota:{x}", "y", json.dumps({"key": secret}))
        assert secret.encode() in _memory(valkey)
