import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from api.accounts.errors import BadPassword
from api.accounts.password_rules import MINIMUM, common, require_good

pytestmark = pytest.mark.check(27)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025])
def test_a_bad_length_is_refused_with_the_bounds(password):
    with pytest.raises(BadPassword, match=f"has {len(password)} characters; allowed: 8 to 1024"):
        require_good(password)


@pytest.mark.parametrize(
    "password", ["x9!kQ_p0", "only lower case", "ONLYUPPERS", "59038152746", "pässwörter ohne zahl", "q" * 1024]
)
def test_any_composition_is_allowed(password):
    require_good(password, email="ada@example.org")


def test_the_common_ones_are_those_of_the_source():
    long_enough = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= MINIMUM]
    assert common() == frozenset(long_enough[:3000])
    assert len(common()) == 3000


@pytest.mark.parametrize("password", ["password", "12345678", "trustno1", "QwertyUiop"])
def test_a_common_one_is_refused_in_any_case(password):
    with pytest.raises(BadPassword, match="one of the 3000 most used"):
        require_good(password)


@pytest.mark.parametrize(
    "password", ["kalpi2026", "Kalpi-Trading!", "StockMarket99", "ada.lovelace1", "Example-Lovelace", "adaadaada"]
)
def test_words_that_anybody_would_try_are_no_password(password):
    with pytest.raises(BadPassword, match="made of words"):
        require_good(password, email="ada.lovelace@example.org")


def test_such_words_may_stand_in_one():
    require_good("kalpi rides a horse", email="ada@example.org")


def test_nothing_that_is_refused_is_told_again():
    for password in ("kalpi2026", "password", "1234567"):
        with pytest.raises(BadPassword) as refused:
            require_good(password)
        assert password not in str(refused.value).removeprefix("the password")
