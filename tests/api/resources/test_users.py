"""New accounts, and what is proved by mail. Nobody learns who has one."""

import json

import pytest
import redis

from api.app import create_app
from api.gate.rules import JOINING, MAILS
from tests.api.conftest import Caller, deps
from tests.api.people import PASSWORD, Person, code_in, letters_to, post, someone
from tests.api.test_problems import checked

USERS, VERIFY, RESEND, FORGOT, RESET = (
    "/v1/users",
    *(f"/v1/auth/{name}" for name in ("verify", "resend", "forgot", "reset")),
)


@pytest.fixture
def forget(redis_url):
    """Forget how many mails were asked for."""

    def flush():
        with redis.Redis.from_url(redis_url) as client:
            client.flushall()

    return flush


def test_an_account_is_of_the_lowest_tier_and_to_be_verified(app, told):
    person = Person(app)
    answer = person.register()
    assert answer.status_code == 202
    assert answer.headers["Cache-Control"] == "no-store"
    assert person.login().status_code == 200
    me = person("/v1/me").json
    assert (me["tier"], me["email_verified"]) == ("free", False)
    (letter,) = letters_to(told, person.email)
    assert letter.subject == "Verify your address"
    told.keys._fresh = 0
    assert post(app, VERIFY, {"code": code_in(letter)}).status_code == 200
    assert person("/v1/me").json["email_verified"]
    checked(post(app, VERIFY, {"code": code_in(letter)}), "bad-code")


@pytest.mark.check(26)
def test_an_address_that_has_an_account_gets_the_same_answer_and_another_mail(app, told):
    person = someone(app)
    again = Person(app, email=person.email.upper(), password="not the owner's one").register()
    fresh = Person(app).register()
    assert (again.status_code, again.content) == (fresh.status_code, fresh.content)
    _, letter = letters_to(told, person.email, 2)
    assert letter.subject == "You have an account already"
    assert person.login().status_code == 200


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a b@c.org"}, "email"),
        ({"email": "a@b\n.org"}, "email"),
        ({"email": "a" * 250 + "@b.org"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 1025}, "password"),
        ({"password": "trustno1"}, "password"),
        ({"password": "kalpi-2026"}, "password"),
        ({"email": None}, "email"),
    ],
)
def test_bad_words_are_refused_by_name(app, change, parameter):
    body = {"email": "new@example.org", "password": PASSWORD} | change
    answer = post(app, USERS, body)
    assert checked(answer, "parameter-out-of-bounds")["parameter"] == parameter
    if parameter == "password":
        assert change["password"] not in answer.text


@pytest.mark.check(28)
def test_nobody_chooses_his_own_tier(app):
    body = {"email": "new@example.org", "password": PASSWORD}
    for more in ({"tier": "premium"}, {"email_verified": True}, {"id": "x"}):
        checked(post(app, USERS, body | more), "unknown-parameter")


@pytest.mark.check(26)
def test_the_code_is_mailed_again_to_who_needs_it_and_all_get_the_same_answer(app, told, forget):
    person = someone(app)
    answers = [post(app, RESEND, {"email": email}) for email in (person.email, "nobody@example.org", "x@@")]
    first, second = letters_to(told, person.email, 2)
    for letter in (second, first)[:1]:
        assert post(app, VERIFY, {"code": code_in(letter)}).status_code == 200
    forget()
    answers.append(post(app, RESEND, {"email": person.email}))
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    told.outbox.close()
    assert len(told.outbox.sender.sent) == 2


def test_who_has_forgotten_the_password_gets_a_code_for_another(app, told):
    person, elsewhere = someone(app), None
    elsewhere = Person(app, email=person.email)
    elsewhere.login()
    answers = [post(app, FORGOT, {"email": email}) for email in (person.email, "nobody@example.org")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    letter = letters_to(told, person.email, 2)[-1]
    assert letter.subject == "A new password"
    body = {"code": code_in(letter), "password": "another, better password"}
    checked(post(app, RESET, body | {"password": "password"}), "parameter-out-of-bounds")
    told.keys._fresh = 0
    assert post(app, RESET, body).status_code == 200
    for answer in (post(app, RESET, body), post(app, VERIFY, {"code": body["code"]})):
        checked(answer, "bad-code")
    checked(person.login(), "wrong-password")
    checked(elsewhere("/v1/me"), "invalid-token")
    person.password = body["password"]
    assert person.login().status_code == 200
    assert person("/v1/me").json["email_verified"]


def test_who_has_a_key_only_gets_a_password_in_the_same_way(app, told, accounts):
    accounts.create_key("has-a-key@example.org", "pro")
    post(app, FORGOT, {"email": "has-a-key@example.org"})
    (letter,) = letters_to(told, "has-a-key@example.org")
    assert post(app, RESET, {"code": code_in(letter), "password": PASSWORD}).status_code == 200
    person = Person(app, email="has-a-key@example.org")
    assert person.login().status_code == 200
    assert person("/v1/me").json["tier"] == "pro"


def test_a_disabled_account_gets_no_mail_and_the_same_answer(app, told):
    person = someone(app)
    account = told.office.directory.by_email(person.email)
    told.office.directory.disable(account.id)
    assert {post(app, path, {"email": person.email}).status_code for path in (FORGOT, RESEND)} == {202}
    told.outbox.close()
    assert len(told.outbox.sender.sent) == 1


def test_mails_are_counted_by_who_asks_and_by_who_gets_them(app):
    for number in range(MAILS.allowed):
        answer = post(app, FORGOT, {"email": "ada@example.org"}, remote_addr=f"203.0.113.{number}")
        assert answer.status_code == 202
    refused = post(app, FORGOT, {"email": "ADA@example.org"}, remote_addr="203.0.113.99")
    assert checked(refused, "quota-exceeded")["violated-policies"] == ["mails"]
    for number in range(JOINING.allowed):
        answer = post(app, FORGOT, {"email": f"{number}@example.org"}, remote_addr="203.0.113.100")
        assert answer.status_code == 202
    refused = post(app, FORGOT, {"email": "one-more@example.org"}, remote_addr="203.0.113.100")
    assert checked(refused, "quota-exceeded")["violated-policies"] == ["joining"]


def test_with_verified_accounts_only_others_look_after_themselves_and_no_more(
    world, follower, accounts_url, redis_url, premium
):
    with deps(world, follower, accounts_url, redis_url, verified_only=True) as told:
        app = create_app(told)
        person = someone(app)
        assert person("/v1/me").json["scopes"] == ["account"]
        for path, method in (("/v1/symbols", "GET"), ("/v1/keys", "GET"), ("/v1/keys", "POST")):
            answer = person(path, {} if method == "POST" else None, method=method)
            assert person.email in checked(answer, "email-unverified")["detail"]
        body = {"current_password": PASSWORD, "new_password": "another, better password"}
        person.tokens = person("/v1/auth/password", body).json
        told.keys._fresh = 0
        assert post(app, VERIFY, {"code": code_in(letters_to(told, person.email)[0])}).status_code == 200
        for path in ("/v1/symbols", "/v1/keys"):
            assert person(path).status_code == 200
        assert Caller(app, premium.key)("/v1/symbols").status_code == 200  # an operator has made it


def test_bodies_that_are_none_are_refused(app):
    for path in (USERS, VERIFY, RESEND, FORGOT, RESET):
        checked(Caller(app, None)(path, method="POST", body="["), "not-json")
        checked(
            Caller(app, None)(path, method="POST", body=json.dumps({"email": "a@b.org", "x": 1})), "unknown-parameter"
        )
