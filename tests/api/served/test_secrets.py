"""No secret that was issued or sent is found anywhere afterwards, but as what can't be turned back."""

import base64
import hashlib
import hmac
import json
import secrets
import subprocess

import pytest
import redis

from api.accounts.codes import RESET, VERIFY
from api.accounts.keys import issue
from api.accounts.office import Office
from kalpi.services import _postgres_binaries
from tests.api.conftest import SECRET
from tests.api.served.stage import POINT, staged
from tests.services import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.check(24)]

MAIL_PASSWORD = secrets.token_hex(8)


@pytest.fixture
def stage(world, postgres, valkey):
    mail = {"KALPI_SMTP_URL": f"smtp://kalpi:{MAIL_PASSWORD}@127.0.0.1:1", "KALPI_MAIL_FROM": "kalpi@example.org"}
    with staged(world, postgres, valkey.unix_url, workers=2, KALPI_VERIFIED_ONLY="0", **mail) as stage:
        yield stage


class Told:
    """Sends secrets in every way there is, and keeps what was sent and what was answered."""

    def __init__(self, stage):
        self.client, self.secrets, self.answers = stage.client, [MAIL_PASSWORD], []

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
        for header in ("Cookie", "User-Agent", "X-Request-Id", "traceparent", "If-None-Match"):
            self.send("GET", POINT, headers={header: key})
        self.send("GET", f"/v1/symbols/{key}/at/{key}", headers={"X-API-Key": key})
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

    def person(self, email, code_for):
        """Register, log in and do all that takes a secret, well and badly; `code_for` makes what a mail would hold."""
        old, new, last, wrong = (f"{word} and {secrets.token_hex(8)}" for word in ("old", "new", "last", "wrong"))
        self.secrets += [old, new, last, wrong]
        self.send("POST", "/v1/users", json={"email": email, "password": old})
        self.send("POST", "/v1/users", json={"email": "nobody", "password": wrong})
        for password in (wrong, {"x": old}, [old]):
            self.send("POST", "/v1/auth/login", json={"email": email, "password": password})
        self.send("POST", "/v1/auth/login", json={"email": email, "password": old, "again": old})
        self.send("POST", "/v1/auth/login", content=f'{{"email": "{email}", "password": "{old}"')
        self.code("verify", code_for(VERIFY))
        tokens = self.session({"email": email, "password": old})
        self.session({"current_password": old, "new_password": new}, tokens)
        self.code("reset", code_for(RESET), password=last)
        self.session({"email": email, "password": last})

    def session(self, body, tokens=None):
        """Log in, or change the password in a session; then use its tokens, well and badly."""
        path, headers = ("/v1/auth/password", _bearer(tokens)) if tokens else ("/v1/auth/login", {})
        answer = self.client.post(path, json=body, headers=headers)  # one of the answers that may hold them
        assert answer.status_code == 200, answer.text
        first = answer.json()
        form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = self.client.post("/v1/auth/token", data=form).json()
        for one in (first, second):
            self.secrets += [one["access_token"], one["refresh_token"]]
            self.send("GET", "/v1/me", headers=_bearer(one))
        refresh = second["refresh_token"]
        self.send("GET", POINT, headers={"Authorization": f"Bearer {refresh}"})
        self.send("GET", POINT, headers={"X-API-Key": refresh, "X-Request-Id": refresh[:64]})
        self.send("GET", f"{POINT}?columns={refresh}")
        self.send("POST", "/v1/auth/token", data=form | {"scope": refresh, "refresh_token": refresh})
        self.send("POST", "/v1/auth/revoke", data={"token": f"{refresh}x"})
        return second

    def code(self, route, code, **more):
        """Show a code badly, then well."""
        self.secrets.append(code)
        for told in (f"{code}x", code[:-1], [code]):
            self.send("POST", f"/v1/auth/{route}", json={"code": told, **more})
        self.send("GET", f"/v1/auth/{route}?code={code}")
        assert self.send("POST", f"/v1/auth/{route}", json={"code": code, **more}).status_code == 200


def test_nothing_that_was_issued_is_found(stage, valkey):
    told = Told(stage)
    issued = [stage.key(tier) for tier in ("free", "pro", "premium")]
    stage.accounts.revoke_key(issued[0].id)
    for key in (*(one.key for one in issued), issue().text):
        told.with_key(key)
    told.token(issued[2])
    office = Office.of(stage.accounts._engine, SECRET)
    told.person(
        "ada@example.org", lambda purpose: office.codes.seal(purpose, office.directory.by_email("ada@example.org"))
    )
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


def _bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def _forms(secret):
    """Give the parts of a secret that would betray it, as they are and as they may be written."""
    parts = [secret, secret[24:]] if secret.startswith(("kalpi_live_", "kalpi_refresh_")) else [secret]
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
