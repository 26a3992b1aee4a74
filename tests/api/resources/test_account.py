"""The end of an account, by its owner."""

import psycopg
import pytest

from tests.api.conftest import Caller
from tests.api.people import PASSWORD, Person, someone
from tests.api.test_problems import checked


@pytest.fixture
def person(app):
    return someone(app)


@pytest.mark.parametrize("path", ["/v1/me/disable", "/v1/me/delete"])
def test_it_takes_the_password_once_more(app, person, path):
    checked(person(path, {"password": "another password"}), "wrong-password")
    checked(Caller(app, person("/v1/keys", {}).json["key"])(path, method="POST", body="{}"), "scope-missing")
    assert person.login().status_code == 200


def test_a_disabled_account_lets_nobody_in_until_an_operator_enables_it(told, app, person):
    key = Caller(app, person("/v1/keys", {}).json["key"])
    told.keys._fresh = 0
    assert person("/v1/me/disable", {"password": PASSWORD}).status_code == 200
    checked(person("/v1/me"), "invalid-token")
    checked(key("/v1/me"), "account-disabled")
    checked(person.login(), "account-disabled")
    assert person.refresh().json["error"] == "invalid_grant"
    told.office.directory.enable(told.office.directory.by_email(person.email).id)
    assert key("/v1/me").status_code == 200
    checked(person("/v1/me"), "invalid-token")
    assert person.login().status_code == 200


def test_of_a_deleted_account_nothing_is_kept_that_names_its_owner(told, app, person, accounts_url):
    key = Caller(app, person("/v1/keys", {}).json["key"])
    account = person("/v1/me").json["account"]
    told.keys._fresh = 0
    assert person("/v1/me/delete", {"password": PASSWORD}).status_code == 200
    checked(person("/v1/me"), "invalid-token")
    checked(key("/v1/me"), "unknown-key")
    checked(person.login(), "wrong-password")
    with psycopg.connect(accounts_url) as connection:
        for table, column in (("accounts", "id"), ("api_keys", "account_id"), ("sessions", "account_id")):
            query = f"select count(*) from {table} where {column} = %s"
            assert connection.execute(query, (account,)).fetchone() == (0,)
    assert Person(app, email=person.email).register().status_code == 202


def test_it_is_recorded(person, events):
    account = person("/v1/me").json["account"]
    person("/v1/me/disable", {"password": PASSWORD})
    assert (events[-1]["kind"], events[-1]["account_id"], events[-1]["by"]) == ("account-disabled", account, "owner")
