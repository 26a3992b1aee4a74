import threading
import time

import argon2
import pytest

from api.accounts import passwords
from api.accounts.errors import Busy
from api.accounts.passwords import Kept, Passwords
from api.accounts.server_secrets import Secrets

OLD, NEW = b"the old secret", b"the new secret"
OURS = Passwords(Secrets.of(OLD))


@pytest.mark.check(27)
def test_a_password_is_kept_as_argon2id_with_the_parameters_agreed():
    assert OURS.keep("correct horse").hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.check(27)
def test_only_the_same_password_fits_to_the_last_octet():
    long = "x" * 200
    kept = OURS.keep(long)
    assert OURS.fit(long, kept)
    assert not OURS.fit(long[:-1], kept)
    for place in (99, 199):
        assert not OURS.fit(f"{long[:place]}y{long[place + 1 :]}", kept)
    assert not OURS.fit(long, Kept("no hash", kept.secret_id))


def test_two_hashes_of_one_password_differ():
    assert OURS.keep("correct horse").hash != OURS.keep("correct horse").hash


@pytest.mark.parametrize("password", ["pässwörd", "\0" * 8, "\ud800" * 8, " " * 8])
@pytest.mark.check(27)
def test_any_characters_are_allowed(password):
    assert OURS.fit(password, OURS.keep(password))


def test_without_the_servers_secret_the_right_password_does_not_fit():
    kept = OURS.keep("correct horse")
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        argon2.PasswordHasher().verify(kept.hash, "correct horse")
    assert not Passwords(Secrets.of(NEW)).fit("correct horse", kept)


def test_an_older_secret_goes_on_proving_and_what_it_made_is_outdated():
    kept, rotated = OURS.keep("correct horse"), Passwords(Secrets.of(NEW, OLD))
    assert rotated.fit("correct horse", kept)
    assert (OURS.is_outdated(kept), rotated.is_outdated(kept)) == (False, True)
    anew = rotated.keep("correct horse")
    assert Passwords(Secrets.of(NEW)).fit("correct horse", anew)
    assert not rotated.is_outdated(anew)


def test_what_was_kept_before_there_was_a_secret_in_it_fits_and_is_outdated():
    kept = Kept(argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash("correct horse"), None)
    assert OURS.fit("correct horse", kept)
    assert not OURS.fit("correct horsf", kept)
    assert OURS.is_outdated(kept)


@pytest.mark.check(27)
def test_weaker_parameters_are_outdated(monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1))
    kept = OURS.keep("correct horse")
    monkeypatch.undo()
    assert OURS.fit("correct horse", kept)
    assert OURS.is_outdated(kept)


@pytest.mark.check(26)
def test_nobodys_password_fits_nothing_and_costs_one_comparison(monkeypatch):
    ours, compared = Passwords(Secrets.of(OLD)), []
    fit = passwords._fit
    monkeypatch.setattr(passwords, "_fit", lambda *told: compared.append(told) or fit(*told))
    kept = ours.keep("correct horse")
    for asked in (kept, None, kept, None):
        assert ours.fit("correct horse", asked) == (asked is kept)
    assert len(compared) == 4
    assert {one.hash.rsplit("$", 2)[0] for one, _ in compared} == {"$argon2id$v=19$m=19456,t=2,p=1"}


@pytest.mark.check(27)
def test_no_more_are_hashed_at_once_than_may_be(monkeypatch):
    ours, going_on, let_go = Passwords(Secrets.of(OLD), at_once=2), threading.Barrier(3), threading.Event()
    kept = ours.keep("correct horse")
    ours.fit("", kept)

    def fit(_kept, _octets):
        going_on.wait(5)
        return let_go.wait(5)

    monkeypatch.setattr(passwords, "_fit", fit)
    threads = [threading.Thread(target=ours.fit, args=("correct horse", kept)) for _ in range(2)]
    for thread in threads:
        thread.start()
    going_on.wait(5)
    started = time.monotonic()
    for refuse in (lambda: ours.fit("correct horse", kept), lambda: ours.keep("correct horse")):
        with pytest.raises(Busy):
            refuse()
    assert time.monotonic() - started < 5  # nobody waited for a place
    let_go.set()
    for thread in threads:
        thread.join()
    monkeypatch.undo()
    assert ours.fit("correct horse", kept)
