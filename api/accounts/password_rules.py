"""Which passwords are taken: long enough, not among the common ones, not made of words that anybody would try first.

No rule asks for kinds of characters, and none for a change after some time (ASVS 6.2).
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from api.accounts.errors import BadPassword

MINIMUM, ADVISED, MAXIMUM = 8, 15, 1024
"""Length in characters; the maximum only bounds the work of hashing."""
CONTEXT = (
    *("kalpi", "password", "passwort", "secret", "login", "welcome", "admin", "changeme"),
    *("stock", "stocks", "market", "trade", "trader", "trading", "chart", "indicator", "technical", "analysis"),
)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_LEAST_OF_A_WORD = 3


def require_good(password: str, *, email: str = "", parameter: str = "password") -> None:
    """Raise BadPassword, with what is allowed, unless the password is taken from the owner of this address."""
    why = None
    if not MINIMUM <= len(password) <= MAXIMUM:
        why = f"has {len(password)} characters; allowed: {MINIMUM} to {MAXIMUM}"
    elif password.casefold() in common():
        why = f"is one of the {len(common())} most used; allowed: any other"
    elif _is_made_of(password, (*CONTEXT, *re.split(r"[@.+_-]", email))):
        why = "is made of words that anybody would try here; allowed: any other"
    if why:
        raise BadPassword(f"the password {why}", parameter)


@cache
def common() -> frozenset[str]:
    """Return the passwords that are used most, of those that are long enough."""
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether nothing is left of a password's letters without these words."""
    left = _letters(password)
    if not left:
        return False
    for word in sorted({_letters(word) for word in words}, key=len, reverse=True):
        if len(word) >= _LEAST_OF_A_WORD:
            left = left.replace(word, "")
    return not left


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())
