"""People who register and log in over HTTP, as tests need them."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

import falcon
from falcon import testing

from tests.services import wait_for

PASSWORD = "a staple, a battery"
LOOPBACK = {"host": "127.0.0.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_CODE = re.compile(r"^    ([\w-]+)$", re.MULTILINE)


def post(app, path, body, *, headers=None, **rest):
    return testing.simulate_post(app, path, body=json.dumps(body), headers=headers, **LOOPBACK | rest)


def post_form(app, path, form, *, headers=None, **rest):
    return testing.simulate_post(app, path, body=urlencode(form), headers=FORM | (headers or {}), **LOOPBACK | rest)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Person:
    """Somebody with an account; asks with the newest access token."""

    app: falcon.App
    email: str = field(default_factory=lambda: f"{uuid4()}@example.org")
    password: str = PASSWORD
    tokens: dict = field(default_factory=dict)

    def register(self, **rest):
        return post(self.app, "/v1/users", {"email": self.email, "password": self.password}, **rest)

    def login(self, **rest):
        answer = post(self.app, "/v1/auth/login", {"email": self.email, "password": self.password}, **rest)
        if answer.status_code == 200:
            self.tokens = answer.json
        return answer

    def refresh(self, token=None, **more):
        form = {"grant_type": "refresh_token", "refresh_token": token or self.tokens["refresh_token"], **more}
        return post_form(self.app, "/v1/auth/token", form)

    def revoke(self, token, **more):
        return post_form(self.app, "/v1/auth/revoke", {"token": token, **more})

    def __call__(self, path, body=None, *, method=None, token=None, **rest):
        text = None if body is None else json.dumps(body)
        headers = bearer(token or self.tokens["access_token"])
        verb = method or ("GET" if body is None else "POST")
        return testing.simulate_request(self.app, verb, path, body=text, headers=headers, **LOOPBACK | rest)


def someone(app, **told):
    """Return a person who has registered and logged in."""
    person = Person(app, **told)
    assert person.register().status_code == 202
    assert person.login().status_code == 200
    return person


def letters_to(told, email, count=1):
    """Return the letters to an address, once there are so many."""

    def sent():
        return [one for one in told.outbox.sender.sent if one.to == email]

    wait_for(lambda: len(sent()) >= count)
    return sent()


def code_in(letter):
    return _CODE.search(letter.text)[1]
