"""Asks for tokens, and makes any others with the key that the application signs with."""

import base64
import json
import time
from urllib.parse import urlencode

import pytest
from falcon import testing
from joserfc import jws

from api.tokens.ring import KeyRing

LOOPBACK = {"host": "127.0.0.1"}
ISSUER = "http://127.0.0.1:8000"
ME = "/v1/me"


@pytest.fixture
def ask(app):
    """Ask for a token; the form and the headers are the caller's."""

    def post(form, *, headers=None, **rest):
        body = form if isinstance(form, (str, bytes)) else urlencode(form, doseq=True)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return testing.simulate_post(
            app, "/v1/auth/token", body=body, headers=kind | (headers or {}), **LOOPBACK | rest
        )

    return post


def form_of(key, **more):
    return {"grant_type": "client_credentials", "client_id": key.split("_")[2], "client_secret": key, **more}


def basic(name, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


@pytest.fixture
def token(ask, keys):
    """Give a new token of a tier's key."""

    def new(tier="premium"):
        answer = ask(form_of(keys[tier]))
        assert answer.status_code == 200, answer.text
        return answer.json["access_token"]

    return new


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def b64(value):
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class Forge:
    """Signs whatever it is told, with the very key that the application signs with unless told otherwise."""

    def __init__(self, home, account, key_id):
        self.signing = KeyRing(home.secrets / "tokens").signing()
        now = int(time.time())
        self.header = {"alg": "ES256", "typ": "at+jwt", "kid": self.signing.id}
        self.claims = {"iss": ISSUER, "aud": f"{ISSUER}/v1", "sub": account, "client_id": key_id}
        self.claims |= {"scope": "read", "jti": "x" * 16, "tv": 0, "iat": now, "nbf": now, "exp": now + 600}

    def raw(self, header, payload, key=None):
        """Sign octets as they are; joserfc would refuse to write most of these."""
        signed = f"{b64(header)}.{b64(payload)}"
        return f"{signed}.{b64(jws.JWSRegistry.algorithms['ES256'].sign(signed.encode(), key or self.signing.key))}"

    def header_with(self, **change):
        return self.raw(
            {name: value for name, value in (self.header | change).items() if value is not None}, self.claims
        )

    def with_claims(self, **change):
        claims = {name: value for name, value in (self.claims | change).items() if value is not None}
        return self.raw(self.header, claims)


@pytest.fixture
def forge(world, token, premium):
    token()  # makes the key
    told = premium.json(ME)
    return Forge(world, told["account"], told["key"])
