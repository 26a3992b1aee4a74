"""Two signing keys live: the one that signs, and the one whose tokens are still good."""

import os
import time

import pytest

from api.tokens.ring import KeyRing
from api.tokens.rotation import TooSoon, rotate


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tokens"


def age(folder, seconds):
    for path in folder.glob("*.pem"):
        moment = time.time() - seconds
        os.utime(path, (moment, moment))


def live(folder):
    return list(KeyRing(folder).live())


def test_the_first_rotation_makes_a_key_beside_the_first(folder):
    first = KeyRing(folder).signing().id
    done = rotate(folder)
    assert (done.kept, done.removed) == ((first,), ())
    assert live(folder) == [first, done.made]


def test_the_next_one_removes_the_oldest_when_none_of_its_tokens_can_be_good(folder):
    first = KeyRing(folder).signing().id
    second = rotate(folder).made
    with pytest.raises(TooSoon) as told:
        rotate(folder)
    assert 600 < told.value.seconds <= 641
    assert live(folder) == [first, second]
    age(folder, 641)
    done = rotate(folder)
    assert (done.kept, done.removed) == ((second,), (first,))
    assert live(folder) == [second, done.made]


def test_at_once_all_others_go(folder):
    rotate(folder)
    before = live(folder)
    done = rotate(folder, at_once=True)
    assert (done.kept, done.removed) == ((), tuple(before))
    assert live(folder) == [done.made]
    assert KeyRing(folder).signing().id == done.made


def test_without_any_key_one_is_made(folder):
    assert live(folder) == []
    done = rotate(folder)
    assert live(folder) == [done.made]
    assert (done.kept, done.removed) == ((), ())
