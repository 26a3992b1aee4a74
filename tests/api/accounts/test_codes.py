"""Codes of mails: for one account and one purpose, for a time, once."""

import time

import msgspec
import pytest

from api.accounts.base62 import ALPHABET
from api.accounts.codes import RESET, VERIFY, Codes
from api.accounts.directory import Directory
from api.accounts.errors import BadCode
from api.accounts.passwords import Kept
from api.accounts.server_secrets import Secrets

OLD, NEW = Kept("$argon2id$old", "aaaaaaaa"), Kept("$argon2id$new", "aaaaaaaa")
CODES = Codes(Secrets.of(b"secret"))


@pytest.fixture
def directory(engine):
    return Directory(engine)


@pytest.fixture
def ada(directory):
    return directory.register("ada@example.org", OLD)[0]


def opens(directory, purpose, code, codes=CODES):
    try:
        return codes.open(purpose, code, directory.by_id)
    except BadCode:
        return None


def test_a_code_opens_for_its_account_and_its_purpose(directory, ada):
    for purpose, other in ((VERIFY, RESET), (RESET, VERIFY)):
        code = CODES.seal(purpose, ada)
        assert opens(directory, purpose, code) == ada
        assert opens(directory, other, code) is None
        assert opens(directory, purpose, code, Codes(Secrets.of(b"another"))) is None
        assert opens(directory, purpose, code, Codes(Secrets.of(b"newer", b"secret"))) == ada


def test_a_changed_character_opens_nothing(directory, ada):
    code = CODES.seal(RESET, ada)
    assert len(code) == 54
    for place in range(len(code) - 1):  # the last one has bits that mean nothing
        other = next(letter for letter in ALPHABET if letter != code[place])
        assert opens(directory, RESET, code[:place] + other + code[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "x", "\ud800", "é" * 54, "=" * 54, "A" * 54, "A" * 10_000])
def test_what_is_no_code_opens_nothing(directory, text):
    assert opens(directory, VERIFY, text) is None


def test_a_code_is_good_once(directory, ada):
    verify, reset = CODES.seal(VERIFY, ada), CODES.seal(RESET, ada)
    directory.verify(opens(directory, VERIFY, verify))
    assert opens(directory, VERIFY, verify) is None
    directory.set_password(opens(directory, RESET, reset), NEW)
    assert opens(directory, RESET, reset) is None


def test_what_has_changed_meanwhile_makes_a_code_void(directory, ada):
    codes = {purpose: CODES.seal(purpose, ada) for purpose in (VERIFY, RESET)}
    directory.end_sessions(ada.id)
    assert opens(directory, RESET, codes[RESET]) is None
    assert opens(directory, VERIFY, codes[VERIFY])
    directory.change(ada.id, email="lovelace@example.org")
    assert opens(directory, VERIFY, codes[VERIFY]) is None
    other = directory.register("charles@example.org", OLD)[0]
    code = CODES.seal(VERIFY, other)
    directory.disable(other.id)
    assert opens(directory, VERIFY, code) is None
    directory.delete(other.id)
    assert opens(directory, VERIFY, code) is None


def test_a_code_ends(directory, ada):
    code = CODES.seal(msgspec.structs.replace(VERIFY, seconds=1), ada)
    assert opens(directory, VERIFY, code)
    time.sleep(1.01)
    assert opens(directory, VERIFY, code) is None
