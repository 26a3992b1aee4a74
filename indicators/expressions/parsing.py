"""From text to syntax, by the grammar beside this module."""

from functools import lru_cache
from math import isinf
from typing import NoReturn, TypeVar

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from indicators.expressions.errors import ExpressionError
from indicators.expressions.syntax import Argument, Binary, Call, Member, Name, Node, Number, Of, Syntax, Unary

LONGEST_TEXT = 2_000  # characters
DEEPEST = 50
LARGEST = 200  # parts

S = TypeVar("S", bound=Syntax)
_ENDS = "$END"
_TOLD = {
    "AND": "an operator",
    "NAME": "a name",
    "COMMA": "a comma",
    "RPAR": "a closing bracket",
    _ENDS: "the end",
}


class _TooMuch(Exception):
    """A part that is larger or deeper than allowed; the grammar's actions do not know the text."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at, self.reason = at, reason


@v_args(inline=True)
class _Actions(Transformer):
    """What each rule of the grammar makes. Called as rules are reduced, so nothing here goes deep."""

    def number(self, token: Token) -> Number:
        if isinf(value := float(token)):
            raise _TooMuch(_at(token), "this is too large for a number")
        return Number(at=_at(token), value=int(token) if token.isdigit() else value)

    def name(self, token: Token) -> Name:
        return Name(at=_at(token), text=str(token))

    def named(self, name: Token, value: Node) -> Argument:
        return _grown(Argument, _at(name), value, name=str(name), value=value)

    def positional(self, value: Node) -> Argument:
        return _grown(Argument, value.at, value, name=None, value=value)

    def call(self, name: Token, *arguments: Argument | None) -> Call:
        given = tuple(one for one in arguments if one is not None)
        return _grown(Call, _at(name), *given, name=str(name), arguments=given)

    def of(self, symbol: Token, inside: Node) -> Of:
        return _grown(Of, _at(symbol), inside, symbol=symbol.strip("\"'"), inside=inside)

    def member(self, whole: Call | Of | Member, output: Token) -> Member | Of:
        if isinstance(whole, Of) and isinstance(whole.inside, Call):  # SPY.macd().signal is SPY's macd().signal
            return self.of(Token("SYMBOL", whole.symbol, whole.at), self.member(whole.inside, output))
        if not isinstance(whole, Call):
            raise _TooMuch(_at(output), "only what an indicator gives has outputs to choose from")
        return _grown(Member, _at(output), whole, whole=whole, output=str(output))

    def unary(self, operator: Token, operand: Node) -> Unary:
        return _grown(Unary, _at(operator), operand, operator=str(operator), operand=operand)

    def binary(self, left: Node, operator: Token, right: Node) -> Binary:
        return _grown(Binary, _at(operator), left, right, operator=str(operator), left=left, right=right)


_PARSER = Lark.open("grammar.lark", rel_to=__file__, parser="lalr", transformer=_Actions())


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """Return what a text says; raises ExpressionError."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(f"the text has {len(text)} characters; allowed: {LONGEST_TEXT}", text, LONGEST_TEXT)
    try:
        return _PARSER.parse(text)  # ty: ignore[invalid-explicit-return] # what the actions make
    except _TooMuch as ex:
        raise ExpressionError(ex.reason, text, ex.at) from None
    except UnexpectedInput as ex:
        _refuse(ex, text)


def _refuse(ex: UnexpectedInput, text: str) -> NoReturn:
    if isinstance(ex, UnexpectedCharacters):
        raise ExpressionError(f"{ex.char!r} has no meaning here", text, ex.pos_in_stream or 0) from None
    if not isinstance(ex, UnexpectedToken):
        raise ex
    if ex.token.type == _ENDS:
        raise ExpressionError(f"the text ends where {_expected(ex)} is expected", text, len(text)) from None
    hint = "; equal is written ==" if ex.token.type == "EQUAL" else ""
    reason = f"{str(ex.token)!r} stands where {_expected(ex)} is expected{hint}"
    raise ExpressionError(reason, text, _at(ex.token)) from None


def _expected(ex: UnexpectedToken) -> str:
    allowed = ex.interactive_parser.accepts() if ex.interactive_parser else ex.expected
    if "NUMBER" in allowed:
        return "a value"
    *others, last = [told for name, told in _TOLD.items() if name in allowed] or ["a dot"]
    return f"{', '.join(others)} or {last}" if others else last


def _at(token: Token) -> int:
    return token.start_pos or 0


def _grown(kind: type[S], at: int, /, *below: Syntax, **fields: object) -> S:
    """Make a part above others, within the bounds."""
    depth = 1 + max((one.depth for one in below), default=0)
    size = 1 + sum(one.size for one in below)
    if depth > DEEPEST:
        raise _TooMuch(at, f"the expression is nested deeper than {DEEPEST}")
    if size > LARGEST:
        raise _TooMuch(at, f"the expression has more than {LARGEST} parts")
    return kind(at=at, depth=depth, size=size, **fields)
