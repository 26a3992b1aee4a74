import hmac
import re
import zlib

import pytest

from api.accounts.errors import MalformedKey
from api.accounts.keys import ALPHABET, issue, parse
from api.accounts.server_secrets import Secret


@pytest.mark.check(30)
def test_an_issued_key_has_the_documented_form_and_parses():
    key = issue()
    assert re.fullmatch(r"kalpi_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}[0-9A-Za-z]{6}", key.text)
    assert parse(key.text) == key
    assert key.text[11:23] == key.id


@pytest.mark.check(30)
def test_the_checksum_is_the_crc_32_of_all_before_it_in_base_62():
    text = issue().text
    value = sum(ALPHABET.index(digit) * 62**place for place, digit in enumerate(reversed(text[-6:])))
    assert value == zlib.crc32(text[:-6].encode())


@pytest.mark.check(30)
def test_every_change_of_a_single_character_is_found():
    text = issue().text
    for place in range(len(text)):
        for other in ALPHABET + "_-é\n\0":
            if other != text[place]:
                with pytest.raises(MalformedKey):
                    parse(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", ["", "kalpi_live_", "x" * 61, "\ud800", "kalpi_live_" + "é" * 51, "a" * 100_000])
def test_anything_else_is_refused_with_the_form_that_is_allowed(text):
    with pytest.raises(MalformedKey, match="kalpi_live_<12 letters or digits>_<38 letters or digits>"):
        parse(text)


def test_a_key_around_a_key_is_none():
    text = issue().text
    for around in (f" {text}", f"{text} ", f"{text}\n", text + text, text[:-1]):
        with pytest.raises(MalformedKey):
            parse(around)


def test_the_digest_depends_on_the_key_and_on_the_servers_secret():
    one, other = issue(), issue()
    s, t = Secret(b"s"), Secret(b"t")
    assert one.digest(s) == one.digest(s) == hmac.digest(b"s", one.text.encode(), "sha256")
    assert len({one.digest(s), other.digest(s), one.digest(t)}) == 3


def test_neither_form_of_writing_a_key_out_tells_its_secret():
    key = issue()
    assert key.text[24:] not in f"{key} {key!r} {[key]}"


def test_keys_do_not_repeat():
    first = {issue().text for _ in range(500)}
    assert len(first | {issue().text for _ in range(500)}) == 1000
