"""What an expression says, before anyone asks what it means: its parts, each with its place in the text."""

from collections.abc import Iterator

import msgspec


class Syntax(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an expression: `at` is where it stands, `depth` and `size` count the parts below it."""

    at: int
    depth: int = 1
    size: int = 1


class Number(Syntax, frozen=True):
    """A number as written: a whole one stays whole."""

    value: int | float


class Name(Syntax, frozen=True):
    """A word: a series, a stored column, a formula's parameter, or one of an indicator's words."""

    text: str


class Argument(Syntax, frozen=True):
    """A call's argument; `name` is None for one that its place names."""

    name: str | None
    value: "Node"


class Call(Syntax, frozen=True):
    """An indicator or a function of the language, called."""

    name: str
    arguments: tuple[Argument, ...]


class Member(Syntax, frozen=True):
    """One output of an indicator of several."""

    whole: Call
    output: str


class Of(Syntax, frozen=True):
    """Something of another symbol."""

    symbol: str
    inside: "Node"


class Unary(Syntax, frozen=True):
    """An operator before its operand."""

    operator: str
    operand: "Node"


class Binary(Syntax, frozen=True):
    """An operator between its operands."""

    operator: str
    left: "Node"
    right: "Node"


def called(node: "Node") -> Iterator[str]:
    """Return the names of all that is called in an expression."""
    match node:
        case Call(name, arguments):
            yield name
            for each in arguments:
                yield from called(each.value)
        case Member(inside, _) | Of(_, inside) | Unary(_, inside):
            yield from called(inside)
        case Binary(_, left, right):
            yield from called(left)
            yield from called(right)


Node = Number | Name | Call | Member | Of | Unary | Binary
