"""Who has an account gets the same answer, in the same time, as who has none."""

import statistics
import time
from collections import defaultdict

import pytest
import redis
from argon2 import PasswordHasher
from sqlalchemy import event

from api.limits.scripts import Connections
from tests.api.people import PASSWORD, Person, post

pytestmark = pytest.mark.check(26)
WRONG = "not the right password"
ASKED = {
    "register": ("/v1/users", {"password": PASSWORD}),
    "login": ("/v1/auth/login", {"password": WRONG}),
    "forgot": ("/v1/auth/forgot", {}),
    "resend": ("/v1/auth/resend", {}),
}
"""The routes that take an address from who has not shown to be its owner."""
TIMES = 300


@pytest.fixture
def ask(app, redis_url):
    """Ask one of the routes for an address, from a client and an account that nothing is known of in Redis."""
    with redis.Redis.from_url(redis_url) as client:

        def asked(route, email):
            client.flushall()
            path, body = ASKED[route]
            begun = time.perf_counter()
            answer = post(app, path, {"email": email, **body})
            return answer, time.perf_counter() - begun

        yield asked


@pytest.fixture
def members(app):
    """Addresses that have accounts which are not verified, and so get mail from every route but the login."""
    people = [Person(app) for _ in range(10)]
    for person in people:
        assert person.register().status_code == 202
    return [person.email for person in people]


@pytest.fixture
def work(told, monkeypatch):
    """What is asked of Postgres and Redis, and what is hashed; statements without their values."""
    done = []
    event.listen(told.office.directory._engine, "before_cursor_execute", lambda *told: done.append(told[2]))
    for owner, name in ((PasswordHasher, "hash"), (PasswordHasher, "verify"), (Connections, "run")):
        monkeypatch.setattr(owner, name, _noted(getattr(owner, name), name, done))
    return done


def _noted(call, name, done):
    def noted(self, *told, **more):
        done.append((name, told[0]._head if name == "run" else None))
        return call(self, *told, **more)

    return noted


@pytest.mark.parametrize("route", ASKED)
def test_known_and_unknown_cost_the_same_work(ask, members, work, route):
    ask(route, f"first-{route}@strangers.example")  # makes what is made once
    seen = []
    for email in (members[0], f"second-{route}@strangers.example"):
        work.clear()
        ask(route, email)
        seen.append([*work])
    assert seen[0] == seen[1]
    assert seen[0]


@pytest.mark.slow
@pytest.mark.parametrize("route", ASKED)
def test_known_and_unknown_get_the_same_answer_in_the_same_time(ask, members, route, record_property):
    answers, seconds = set(), defaultdict(list)
    for turn in range(TIMES):
        order = [(True, members[turn % len(members)]), (False, f"{turn}-{route}@strangers.example")]
        for known, email in order if turn % 2 else reversed(order):
            answer, took = ask(route, email)
            answers.add((answer.status_code, answer.content, *sorted(answer.headers.items())))
            seconds[known].append(took)
    assert len(answers) == 1
    known, unknown = (statistics.median(seconds[one]) for one in (True, False))
    record_property(f"{route}: ms known, ms unknown", (round(known * 1e3, 3), round(unknown * 1e3, 3)))
