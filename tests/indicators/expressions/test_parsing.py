"""The grammar: what is read is what was written, and everything else is refused at its character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.expressions import ExpressionError
from indicators.expressions.parsing import DEEPEST, LARGEST, LONGEST_TEXT, parse
from indicators.expressions.syntax import Argument, Binary, Call, Member, Name, Number, Of, Unary

# How tightly each operator binds; of one level the left comes first, but for comparisons, which do not chain.
LEVELS = ({"or"}, {"and"}, {"not"}, {"<", "<=", ">", ">=", "==", "!="}, {"+", "-"}, {"*", "/"}, {"negative"})
LEVEL = {operator: level for level, operators in enumerate(LEVELS) for operator in operators}
NAMES = st.sampled_from(["close", "rsi_14", "hl2", "AAPL", "android", "not_", "_x", "e1"])


def trees(inner):
    binary = st.tuples(st.sampled_from(sorted(LEVEL.keys() - {"not", "negative"})), inner, inner)
    unary = st.tuples(st.sampled_from(["not", "negative"]), inner)
    argument = st.tuples(st.none() | NAMES, inner)
    call = st.tuples(st.just("call"), NAMES, st.lists(argument, max_size=3).map(tuple))
    member = st.tuples(st.just("member"), call, NAMES)
    of = st.tuples(st.just("of"), NAMES | st.sampled_from(["BRK.B", "^GSPC", "A B"]), call | member | st.tuples(NAMES))
    return binary | unary | call | member | of


NUMBERS = st.integers(0, 10**18) | st.floats(0, 1e300, allow_nan=False)
TREES = st.recursive(NUMBERS.map(lambda value: (value,)) | st.tuples(NAMES), trees, max_leaves=12)


def written(tree, level=0):
    """A tree in as few brackets as its meaning allows."""
    match tree:
        case (str() | int() | float() as leaf,):
            return str(leaf)
        case ("call", name, arguments):
            told = (f"{key}={written(value)}" if key else written(value) for key, value in arguments)
            return f"{name}({', '.join(told)})"
        case ("member", call, name):
            return f"{written(call)}.{name}"
        case ("of", symbol, inside):
            return f"{symbol if symbol.isidentifier() else repr(symbol)}.{written(inside)}"
        case (operator, operand):
            text = f"not {written(operand, 2)}" if operator == "not" else f"-{written(operand, 6)}"
        case (operator, left, right):
            own = LEVEL[operator]
            chained = own != LEVEL["<"]
            text = f"{written(left, own if chained else own + 1)} {operator} {written(right, own + 1)}"
    return f"({text})" if LEVEL[tree[0]] < level else text


def read(part):
    """A tree again, without places."""
    match part:
        case Number(leaf) | Name(leaf):
            tree = (leaf,)
        case Call(name, arguments):
            tree = ("call", name, tuple((one.name, read(one.value)) for one in arguments))
        case Member(whole, output):
            tree = ("member", read(whole), output)
        case Of(symbol, inside):
            tree = ("of", symbol, read(inside))
        case Unary(operator, operand):
            tree = ({"-": "negative"}.get(operator, operator), read(operand))
        case Binary(operator, left, right):
            tree = (operator, read(left), read(right))
    return tree


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_what_is_written_is_read(tree):
    assert read(parse(written(tree))) == tree


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text(alphabet="aA_1.0e+-*/<>=!()[],'\" \n\tand", max_size=60))
def test_any_text_is_read_or_refused_within_itself(text):
    refused = None
    try:
        parse(text)
    except ExpressionError as ex:
        refused = ex
    assert refused is None or (refused.text == text and 0 <= refused.position <= len(text))


def test_places_are_those_of_the_text():
    text = "rsi(ema(hl2, 5),\n period = 14) > 70"
    tree = parse(text)
    assert text[tree.at] == ">"
    call = tree.left
    period = call.arguments[1]
    assert (text[call.at :][:3], text[period.at :][:6], text[period.value.at :][:2]) == ("rsi", "period", "14")
    assert isinstance(period, Argument)


@pytest.mark.parametrize(
    ("text", "position", "told"),
    [
        ("", 0, "the text ends where a value is expected"),
        ("close +", 7, "the text ends where a value is expected"),
        ("rsi(close", 9, "an operator, a comma or a closing bracket"),
        ("a b", 2, "'b' stands where an operator or the end is expected"),
        ("a < b < c", 6, "'<' stands"),
        ("close = 5", 6, "equal is written =="),
        ("f(a,)", 4, "')' stands where a value"),
        ("x ! y", 2, "'!' has no meaning here"),
        ("close\0", 5, "has no meaning here"),
        ("\ud800", 0, "has no meaning here"),
        ("٣ + close", 0, "has no meaning here"),
        ("1e999", 0, "too large"),
        ("9" * 400, 0, "too large"),
        ("(a).b", 3, "'.' stands"),
        ("f(1).b.c", 7, "only what an indicator gives"),
        ("close.", 6, "a name"),
        ("'AAPL", 0, "has no meaning here"),
        ("a and", 5, "a value"),
        ("import os", 7, "'os' stands"),
    ],
)
def test_a_mistake_is_told_at_its_character(text, position, told):
    with pytest.raises(ExpressionError, match="at character") as caught:
        parse(text)
    assert told in str(caught.value)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "-" * DEEPEST + "1",
        "(" * 999 + "-" * DEEPEST + "1" + ")" * 999,
        "f(" * DEEPEST + "1" + ")" * DEEPEST,
        f"f({', '.join(['a'] * LARGEST)})",
        " " * LONGEST_TEXT + "1",
    ],
)
def test_what_is_too_long_deep_or_large_is_refused(text):
    with pytest.raises(ExpressionError, match=f"deeper than {DEEPEST}|more than {LARGEST}|allowed: {LONGEST_TEXT}"):
        parse(text)


def test_what_is_just_within_the_bounds_is_read():
    parse("-" * (DEEPEST - 1) + "1")
    parse("(" * 999 + "1" + ")" * 999)
    parse("+".join(["a"] * DEEPEST))


def test_the_caret_stands_below_the_place_even_in_long_and_broken_lines():
    for text in ("close +\n  rsi(!)", "x + " * 100 + "!", "\t!", "a\x1b[2J!"):
        with pytest.raises(ExpressionError) as caught:
            parse(text)
        *_, line, caret = str(caught.value).split("\n")
        assert len(line) < 80
        assert line[len(caret) - 1] == text[caught.value.position].replace("\x1b", " ")
