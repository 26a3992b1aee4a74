"""Another signing key beside the one in use, which then verifies what it signed until that has ended."""

import time
from pathlib import Path

import msgspec

from api.tokens.claims import LEEWAY, LIFETIME
from api.tokens.ring import KeyRing, SigningKey

_SETTLED = LIFETIME + LEEWAY + 10
"""Seconds after which no token of the key before can be good: a new key signs after ten, and then they live on."""


class TooSoon(Exception):
    """Tokens of the key that would go are still good. Rotate again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"the last key was made so lately that tokens of the one before are good; wait for {seconds} s"
        )
        self.seconds = seconds


class Rotation(msgspec.Struct, frozen=True):
    """What a rotation has made and removed, by the keys' ids."""

    made: str
    kept: tuple[str, ...]
    removed: tuple[str, ...]


def rotate(folder: Path, *, at_once: bool = False) -> Rotation:
    """Make a signing key and keep the one in use; TooSoon if a third is still needed.

    With `at_once` all others go, and every token with them: for keys that somebody else has seen.
    """
    ring = KeyRing(folder)
    with ring.alone():
        before = list(ring.live().values())
        going = before if at_once else before[:-1]
        if going and not at_once:
            _require_settled(before[-1])
        made = ring.add()
        for key in going:
            ring.remove(key.id)
    return Rotation(made.id, tuple(key.id for key in before if key not in going), tuple(key.id for key in going))


def _require_settled(newest: SigningKey) -> None:
    left = newest.written_at + _SETTLED - time.time()
    if left > 0:
        raise TooSoon(int(left) + 1)
