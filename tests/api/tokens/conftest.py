"""Asks for tokens, and makes any others with the key that the application signs with."""

import base64
from urllib.parse import urlencode

import pytest
from falcon import testing

LOOPBACK = {"host": "127.0.0.1"}


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
