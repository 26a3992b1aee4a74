"""Sessions over several workers: a token is good once wherever it comes, and what ends ends everywhere."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx2
import pytest

from tests.api.load import ask
from tests.api.people import PASSWORD
from tests.api.served.stage import ANYWHERE, staged
from tests.services import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.check(22)]
WITHIN = 5.0
WORKERS = 4


@pytest.fixture(scope="module")
def stage(world, postgres, shared_valkey):
    with staged(world, postgres, shared_valkey.unix_url, workers=WORKERS, KALPI_TRUSTED_PROXIES="127.0.0.1") as stage:
        stage.tier("free", per_minute=100_000, per_day=None, concurrent_requests=None)
        time.sleep(WITHIN)
        yield stage


class Person:
    """Somebody with an account and an address of his own, whose requests each come to any worker."""

    def __init__(self, stage):
        self.stage, self.email = stage, f"{uuid4()}@example.org"
        self.headers = {"X-Forwarded-For": f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"}
        assert self.post("/v1/users", json={"email": self.email, "password": PASSWORD}).status_code == 202

    def post(self, path, headers=(), **told):
        url = self.stage.client.base_url.join(path)
        return httpx2.post(url, headers=self.headers | dict(headers), **told)

    def login(self):
        answer = self.post("/v1/auth/login", json={"email": self.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, tokens):
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        return self.post("/v1/auth/token", data=form)

    def asked(self, tokens, times=60):
        """Ask with an access token from anywhere; give the statuses."""
        headers = {"Authorization": f"Bearer {tokens['access_token']}", **ANYWHERE, **self.headers}
        return [answer.status for answer in ask(self.stage.client, [("/v1/me", headers)] * times)]

    def reused(self):
        return self.stage.sql(
            "select account_id, detail from security_events join accounts on accounts.id = account_id "
            "where kind = 'refresh-reused' and email = %(email)s",
            email=self.email,
        )


def refused(answer):
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_second_use_ends_the_family_in_every_worker_and_is_recorded_once(stage):
    person = Person(stage)
    first, elsewhere = person.login(), person.login()
    second = person.refresh(first).json()
    for tokens in (first, second, elsewhere):
        assert set(person.asked(tokens)) == {200}  # so every worker knows it
    for tokens in (first, second, first):
        refused(person.refresh(tokens))
    time.sleep(WITHIN)
    for tokens in (first, second):
        assert set(person.asked(tokens)) == {401}
    assert set(person.asked(elsewhere)) == {200}
    wait_for(person.reused)
    assert len(person.reused()) == 1


@pytest.mark.parametrize("_turn", range(5))
def test_of_twenty_uses_at_once_one_is_answered_at_most_and_then_nothing_is_good(stage, _turn):
    person = Person(stage)
    first = person.login()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: person.refresh(first), range(20)))
    good = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(good) <= 1
    for answer in answers:
        if answer.status_code != 200:
            refused(answer)
    for tokens in (*good, first):
        refused(person.refresh(tokens))
    time.sleep(WITHIN)
    for tokens in (*good, first):
        assert set(person.asked(tokens)) == {401}
    wait_for(person.reused)
    assert len(person.reused()) == 1


@pytest.mark.check(23)
def test_another_password_ends_every_session_in_every_worker_but_the_one_it_opens(stage):
    person = Person(stage)
    here, elsewhere = person.login(), person.login()
    for tokens in (here, elsewhere):
        assert set(person.asked(tokens)) == {200}
    body = {"current_password": PASSWORD, "new_password": "another, better password"}
    answer = person.post("/v1/auth/password", json=body, headers={"Authorization": f"Bearer {here['access_token']}"})
    changed = time.time()
    assert answer.status_code == 200
    assert set(person.asked(answer.json())) == {200}  # at once, though the workers know the account as it was
    time.sleep(max(0.0, changed + WITHIN - time.time()))
    for tokens in (here, elsewhere):
        assert set(person.asked(tokens)) == {401}
        refused(person.refresh(tokens))
    assert set(person.asked(answer.json())) == {200}
