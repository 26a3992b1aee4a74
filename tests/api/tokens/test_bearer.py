"""Access tokens at the door: ours let in as their key does, and no longer than it does."""

import time
from uuid import uuid4

import psycopg
import pytest
from falcon import testing

from api.accounts.authenticator import Authenticator
from api.accounts.service import Accounts
from api.app import create_app
from api.store import open_engine
from api.tokens.bearer import Tokens
from api.tokens.errors import InvalidToken
from tests.api.conftest import SECRET, Caller, deps
from tests.api.test_problems import checked
from tests.api.tokens.conftest import ISSUER, ME, Forge, bearer
from tests.services import wait_for


def test_other_clocks_may_be_ahead_by_half_a_minute(forge, anyone):
    now = int(time.time())
    for change in ({"nbf": now + 25}, {"iat": now + 25}, {"exp": now + 2}):
        assert anyone(ME, headers=bearer(forge.with_claims(**change))).status_code == 200, change


def test_a_token_lets_in_as_its_key_does(app, token, premium):
    anyone = Caller(app, None)
    for path in (ME, "/v1/symbols/AAPL/at/latest", "/v1/symbols/AAPL/indicators/ichimoku", "/v1/symbols"):
        answer = anyone(path, headers=bearer(token()))
        assert (answer.status_code, answer.content) == (
            200,
            premium(path).content.replace(b'"keys","read","sql"', b'"read"'),
        )
        assert "RateLimit" in answer.headers
    for scheme in ("bearer", "BEARER", "Bearer "):
        assert anyone(ME, headers={"Authorization": f"{scheme} {token()}"}).status_code == 200
    refused = anyone("/v1/symbols/AAPL/indicators/ichimoku", headers=bearer(token("free")))
    checked(refused, "indicator-above-tier")


def test_token_and_key_take_from_one_quota(anyone, free, token):
    free("/v1/symbols/AAPL/at/latest")
    answer = anyone("/v1/symbols/AAPL/at/latest", headers=bearer(token("free")))
    assert '"day";r=48;' in answer.headers["RateLimit"]


def test_a_token_ends_though_it_was_verified_before(forge, anyone):
    soon = forge.with_claims(exp=int(time.time()) + 1)
    wait_for(lambda: anyone(ME, headers=bearer(soon)).status_code == 401, seconds=3)


def test_a_key_that_was_withdrawn_takes_its_tokens_with_it(tmp_path, accounts_url):
    folder, engine = tmp_path / "tokens", open_engine(accounts_url)
    issued = Accounts(engine, SECRET).create_key("withdrawn@example.org")
    authenticator = Authenticator(engine, SECRET)
    tokens = Tokens(folder, ISSUER, authenticator, look_every=0.1)
    tokens.ring.signing()
    home = type("Home", (), {"secrets": tmp_path})
    text = Forge(home, str(issued.account_id), issued.id).with_claims()
    assert tokens.principal(text).key_id == issued.id
    next(folder.glob("*.pem")).unlink()
    time.sleep(0.1)
    with pytest.raises(InvalidToken):
        tokens.principal(text)
    authenticator.close()
    engine.dispose()


def lets_in(tokens, text):
    try:
        return bool(tokens.principal(text))
    except InvalidToken:
        return False


@pytest.mark.parametrize(
    "statement",
    [
        "update api_keys set revoked_at = now() where id = %(id)s",
        "update api_keys set expires_at = now() - interval '1 second' where id = %(id)s",
        "delete from api_keys where id = %(id)s",
        "update accounts set disabled_at = now() where id = (select account_id from api_keys where id = %(id)s)",
        "delete from accounts where id = (select account_id from api_keys where id = %(id)s)",
    ],
)
@pytest.mark.check(23)
def test_a_change_of_the_key_acts_on_its_tokens(world, follower, accounts_url, redis_url, accounts, statement):  # noqa: PLR0917
    issued = accounts.create_key(f"{uuid4()}@example.org", "pro")
    with deps(world, follower, accounts_url, redis_url) as told:
        told.keys._fresh = 0.3
        told.tokens.ring.signing()
        text = Forge(world, str(issued.account_id), issued.id).with_claims()
        assert told.tokens.principal(text).tier.name == "pro"
        accounts.create_key(accounts.list_keys()[0].email, "free")
        wait_for(lambda: told.tokens.principal(text).tier.name == "free", seconds=1)
        with psycopg.connect(accounts_url) as connection:
            connection.execute(statement, {"id": issued.id})
        wait_for(lambda: not lets_in(told.tokens, text), seconds=0.5)


def test_with_postgres_frozen_known_tokens_work_and_others_are_told_to_come_back(
    world, follower, postgres, database_url, redis_url
):
    engine = open_engine(database_url)
    accounts = Accounts(engine, SECRET)
    known, unknown = accounts.create_key("a@b.org"), accounts.create_key("c@d.org")
    with deps(world, follower, database_url, redis_url) as told:
        told.keys._fresh = 0.1
        told.tokens.ring.signing()
        texts = [Forge(world, str(one.account_id), one.id).with_claims() for one in (known, unknown)]
        app = create_app(told)
        ask = [lambda text=text: testing.simulate_get(app, ME, headers=bearer(text)) for text in texts]
        assert ask[0]().status_code == 200
        time.sleep(0.1)
        told.keys._deadline = 0.2
        with postgres.frozen():
            assert ask[0]().status_code == 200
            checked(ask[1](), "accounts-unavailable")
    engine.dispose()
