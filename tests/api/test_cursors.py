import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import cursors
from api.cursors import Cursor
from api.problems import Refusal


def test_there_and_back():
    cursor = Cursor("20261120T221504Z-9f3c21", 3010, cursors.fingerprint("rsi", "AAPL"))
    text = cursors.write(cursor)
    assert text.isascii()
    assert not set(text) & set("+/=&?#")
    assert cursors.read(text, cursor.question) == cursor


@given(st.text())
def test_anything_else_is_refused(text):
    with pytest.raises(Refusal, match="cursor"):
        cursors.read(text, "question")


def test_another_question_is_refused():
    text = cursors.write(Cursor("s", 1, "one"))
    with pytest.raises(Refusal, match="another question"):
        cursors.read(text, "two")


def test_fingerprints_tell_parts_apart():
    assert cursors.fingerprint("a", "bc") != cursors.fingerprint("ab", "c")
    assert cursors.fingerprint("a", None) == cursors.fingerprint("a", None)
