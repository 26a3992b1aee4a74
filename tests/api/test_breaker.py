import threading

from api.breaker import Breaker
from tests.services import wait_for


def test_opens_at_the_last_failure_allowed_and_closes_when_the_probe_succeeds():
    answers = iter([False, False, True])
    breaker = Breaker(lambda: next(answers), failures=3, interval=0.01)
    breaker.failed()
    breaker.failed()
    assert not breaker.open
    breaker.failed()
    assert breaker.open
    wait_for(lambda: not breaker.open)
    assert next(answers, None) is None


def test_a_success_in_between_starts_the_count_anew():
    breaker = Breaker(lambda: True, failures=2)
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert not breaker.open


def test_many_failures_start_one_probing_thread_and_close_ends_it():
    before = threading.active_count()
    breaker = Breaker(lambda: False, interval=0.01)
    for _ in range(50):
        breaker.failed()
    assert threading.active_count() == before + 1
    breaker.close()
    wait_for(lambda: threading.active_count() == before)
    assert breaker.open
