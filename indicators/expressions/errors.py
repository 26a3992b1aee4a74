"""What is wrong with an expression, and the character where it is wrong."""

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 60  # characters of a long line around the place


class ExpressionError(ValueError):
    """An expression without a meaning: `position` counts characters from 0, `near` are names much like a wrong one."""

    def __init__(self, reason: str, text: str, position: int, *, near: Iterable[str] = ()) -> None:
        self.reason, self.text, self.position, self.near = reason, text, position, tuple(near)
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        super().__init__(f"at character {position}: {reason}{hint}\n{pointed(text, position)}")


def pointed(text: str, position: int) -> str:
    """Return the line of a text that a position lies in, and a caret below the place."""
    start = text.rfind("\n", 0, position) + 1
    line = text[start:].partition("\n")[0]
    left_out = max(0, position - start - _SHOWN // 2)
    shown = "".join(one if one.isprintable() else " " for one in line[left_out : left_out + _SHOWN])
    return f"  {shown}\n  {' ' * (position - start - left_out)}^"


def alike(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three of the known names that are much like one."""
    return tuple(get_close_matches(name, list(known), n=3))
