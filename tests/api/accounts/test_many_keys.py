"""A hundred thousand keys, each right as issued and wrong with one character changed."""

import random
import re

import pytest

from api.accounts.errors import MalformedKey
from api.accounts.keys import ALPHABET, issue, parse

FORM = re.compile(r"kalpi_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}[0-9A-Za-z]{6}")
MANY = 100_000


@pytest.mark.slow
@pytest.mark.check(30)
def test_every_issued_key_is_right_and_with_another_character_refused_unasked(authenticators, queries):
    chance, authenticator = random.Random(30), authenticators()  # noqa: S311
    refused = 0
    for _ in range(MANY):
        text = issue().text
        assert FORM.fullmatch(text)
        assert parse(text).text == text
        place = chance.randrange(len(text))
        other = chance.choice([letter for letter in ALPHABET if letter != text[place]])
        try:
            authenticator.principal(text[:place] + other + text[place + 1 :])
        except MalformedKey:
            refused += 1
    assert refused == MANY
    assert queries == []
