import pytest

from api.accounts.errors import BadPassword
from api.accounts.passwords import hash_password, password_matches


def test_a_password_is_kept_as_argon2id_with_the_parameters_agreed():
    assert hash_password("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_same_password_matches_to_the_last_octet():
    long = "x" * 200
    kept = hash_password(long)
    assert password_matches(long, kept)
    assert not password_matches(long[:-1], kept)
    assert not password_matches(long[:-1] + "y", kept)
    assert not password_matches(long, "no hash")


def test_two_hashes_of_one_password_differ():
    assert hash_password("correct horse") != hash_password("correct horse")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025])
def test_a_bad_length_is_refused_with_the_bounds(password):
    with pytest.raises(BadPassword, match=f"has {len(password)} characters; allowed: 8 to 1024"):
        hash_password(password)


@pytest.mark.parametrize("password", ["pässwörd", "\0" * 8, "\ud800" * 8, " " * 8])
def test_any_characters_are_allowed(password):
    assert password_matches(password, hash_password(password))
