import pytest

from api.gate.rules import PASSWORDS, TRIES
from api.problems import Refusal
from tests.api.gate.conftest import at

ADA = "ada@example.org"
OWNER, ELSEWHERE = at("198.51.100.7"), at("203.0.113.1")


def wrong(gate, where, name=ADA):
    with gate.login(where, name) as attempt:
        return attempt.failed()


def right(gate, where, name=ADA):
    with gate.login(where, name) as attempt:
        attempt.succeeded()


def has_to_wait(gate, where, name=ADA):
    with pytest.raises(Refusal) as refused:
        gate.login(where, name)
    return refused.value


def forget_waits(client):
    """Let all the delays be over."""
    for key in client.keys("kalpi:login:*"):
        for field, told in client.hgetall(key).items():
            if field.startswith("a:"):
                failures, last, _, success = told.split()
                client.hset(key, field, f"{failures} {last} 0 {success}")


@pytest.mark.check(25)
def test_each_failure_makes_the_next_try_wait_longer(gate, client):
    told = []
    for _ in range(12):
        told.append(wrong(gate, ELSEWHERE))
        forget_waits(client)
    assert told == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.check(25)
def test_the_delay_grows_over_all_addresses(gate, client):
    told = []
    for number in range(20):
        told.append(wrong(gate, at(f"203.0.113.{number % 10}")))
        forget_waits(client)
    assert told == [0, 0, 0, 1, 2, 4, 8, 16, 32] + [60] * 11


def test_who_was_told_to_wait_waits_and_a_refusal_makes_it_no_longer(gate):
    for _ in range(6):
        wrong(gate, at("203.0.113.1") if _ < 3 else at(f"203.0.113.{_}"))
    refused = [has_to_wait(gate, at("203.0.113.5")) for _ in range(5)]
    assert {one.problem.slug for one in refused} == {"quota-exceeded"}
    assert {one.retry_after for one in refused} <= {3, 4}


@pytest.mark.check(25)
def test_nobody_can_keep_the_owner_out(gate):
    right(gate, OWNER)
    for number in range(TRIES.allowed):
        wrong(gate, at(f"203.0.113.{number}"))
    refused = has_to_wait(gate, at("203.0.113.250"))
    assert refused.problem.slug == "quota-exceeded"
    assert refused.retry_after <= TRIES.seconds
    assert [wrong(gate, OWNER) for _ in range(3)] == [0, 0, 0]
    right(gate, OWNER)


def test_who_comes_from_a_new_address_is_not_held_up_by_others(gate):
    for _ in range(5):
        wrong(gate, ELSEWHERE if _ < 4 else at("203.0.113.9"))
    has_to_wait(gate, ELSEWHERE)
    right(gate, OWNER)


def test_the_right_password_forgives_its_address(gate, client):
    for _ in range(4):
        wrong(gate, OWNER)
    forget_waits(client)
    right(gate, OWNER)
    assert [wrong(gate, OWNER) for _ in range(4)] == [0, 0, 0, 1]


def test_a_try_that_came_to_nothing_is_not_counted(gate):
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), gate.login(ELSEWHERE, ADA):
            raise ZeroDivisionError
    assert [wrong(gate, ELSEWHERE) for _ in range(4)] == [0, 0, 0, 1]


def test_a_name_is_one_account_in_any_case_and_is_kept_nowhere(gate, client):
    for name in (ADA, ADA.upper(), "Ada@Example.org"):
        wrong(gate, ELSEWHERE, name)
    assert wrong(gate, ELSEWHERE) == 1
    kept = [key + str(client.hgetall(key)) for key in client.scan_iter()]
    assert kept
    assert not any("ada" in one.lower() for one in kept)


@pytest.mark.check(25)
def test_an_address_with_a_list_of_accounts_is_blocked(gate):
    for number in range(PASSWORDS.allowed):
        wrong(gate, ELSEWHERE, f"user{number}@example.org")
    with pytest.raises(Refusal) as refused:
        wrong(gate, ELSEWHERE, "one.more@example.org")
    assert refused.value.problem.slug == "abnormal-usage-detected"
    assert 899 <= refused.value.retry_after <= 900
    assert has_to_wait(gate, ELSEWHERE, "another@example.org").problem.slug == "abnormal-usage-detected"
    right(gate, OWNER, "user1@example.org")


def test_what_is_spoilt_heals(gate, client):
    wrong(gate, ELSEWHERE)
    (key,) = client.keys("kalpi:login:*")
    client.set(key, "word")
    assert wrong(gate, ELSEWHERE) == 0
    client.hset(key, mapping={"hour": "x", "tries": "y", "failures": "z", "failed": "?", "a:203.0.113.1": "words"})
    assert wrong(gate, ELSEWHERE) == 0
    client.hset(key, "a:203.0.113.1", "1 1 9999999999999 0")
    assert wrong(gate, ELSEWHERE) == 0
