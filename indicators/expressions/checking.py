"""From syntax to a plan: names are looked up, kinds compared, and what has no meaning is refused at its place."""

from collections.abc import Collection, Container, Mapping
from typing import NamedTuple, NoReturn

import msgspec
import numpy as np

from indicators.bars import SERIES
from indicators.catalogue import catalogue
from indicators.expressions import calls
from indicators.expressions.errors import ExpressionError, alike
from indicators.expressions.functions import FUNCTIONS
from indicators.expressions.kernels import KERNELS
from indicators.expressions.parsing import parse
from indicators.expressions.plans import (
    Applied,
    Computed,
    Constant,
    Elsewhere,
    Kind,
    Node,
    Plan,
    Ranked,
    Series,
    Stored,
    steps,
)
from indicators.expressions.syntax import Binary, Call, Member, Name, Number, Of, Unary
from indicators.expressions.syntax import Node as Part
from indicators.looking_ahead import LooksAhead, causal_output
from indicators.variants import stored_columns, stored_names

MOST_SYMBOLS = 5
_LOGICAL, _COMPARING = {"and", "or"}, {"<", "<=", ">", ">=", "==", "!="}
_TRUTH = "a condition is true or false and no number; where(condition, 1, 0) makes it one"
_NO_TRUTH = "a condition is needed here, such as rsi_14 < 30"
_ONE_DAY = "rank compares symbols on one day, so nothing over several days can be made of it"


class Vocabulary(msgspec.Struct, frozen=True):
    """What an expression may speak of besides the catalogue.

    `symbols` are the others it may look at (None: none at all), `numbers` a formula's parameters, `inputs` its `on` and
    `against`. Of the stored columns those `held` are read; all others are computed.
    """

    symbols: Collection[str] | None = None
    ranks: bool = False
    numbers: Mapping[str, int | float] = {}
    inputs: tuple[str, ...] = ()
    held: Container[str] = ()


class Typed(NamedTuple):
    """A step, what it gives, and where it stands in the text."""

    node: Node
    kind: Kind
    at: int


def check(text: str, vocabulary: Vocabulary) -> Plan:
    """Return what an expression means; raises ExpressionError."""
    checker = Checker(text, vocabulary)
    found = checker.typed(parse(text))
    return Plan(text, found.node, found.kind, frozenset(checker.indicators), frozenset(checker.symbols))


class Checker:
    """Checks the parts of one text."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary = text, vocabulary
        self.indicators: set[str] = set()
        self.symbols: set[str] = set()
        self._seen: dict[Part, Typed] = {}

    def typed(self, part: Part) -> Typed:
        """Return what a part means."""
        if part not in self._seen:  # a call looks at its first argument before it knows what that is for
            self._seen[part] = self._typed(part)
        return self._seen[part]

    def values(self, part: Part, *, over_time: bool = False) -> Node:
        """Return a part that must give numbers; if they are used `over_time`, without a rank in them."""
        found = self.typed(part)
        if found.kind == "truth":
            self.refuse(_TRUTH, part.at)
        if over_time:
            self._refuse_rank(found)
        return found.node

    def condition(self, part: Part) -> Node:
        """Return a part that must be true or false."""
        found = self.typed(part)
        if found.kind != "truth":
            self.refuse(_NO_TRUTH, part.at)
        return found.node

    def number(self, part: Part, what: str) -> int | float:
        """Return a part that must be one number, the same on all bars."""
        found = self.typed(part)
        if found.kind != "number" or not isinstance(found.node, Constant):
            self.refuse(f"{what} is one number, the same on all bars", part.at)
        whole = int(found.node.value)
        return whole if whole == found.node.value else found.node.value

    def made(self, node: Node, kind: Kind, at: int) -> Typed:
        """Return a step, worked out at once if it is made of numbers alone."""
        if not isinstance(node, Applied) or not all(isinstance(one, Constant) for one in node.arguments):
            return Typed(self._kept(node), kind, at)
        given = [np.float64(one.value) for one in node.arguments if isinstance(one, Constant)]
        value = float(KERNELS[node.function](*given))
        if np.isnan(value):
            self.refuse("this has no value, whatever the bars", at)
        return Typed(Constant(value), "truth" if kind == "truth" else "number", at)

    def output(self, call: Call, name: str | None, at: int) -> Typed:
        """Return one output of a called indicator; without a name, the one that bears the indicator's."""
        indicator, on, against = calls.indicator(call, self)
        names = [one.name for one in indicator.outputs]
        wanted = indicator.id if name is None else name
        try:
            position = causal_output(type(indicator), wanted)
        except LooksAhead as ex:
            self.refuse(str(ex), at)
        if position is None:
            missing = f"{indicator.id} has no output {name!r}" if name else f"{indicator.id} has several outputs"
            self.refuse(f"{missing}: choose {' or '.join(f'.{one}' for one in names)}", at, near=alike(wanted, names))
        self.indicators.add(indicator.id)
        return self.made(Computed(indicator, position, on, against), "series", call.at)

    def refuse(self, reason: str, at: int, *, near: Collection[str] = ()) -> NoReturn:
        """Raise an ExpressionError."""
        raise ExpressionError(reason, self.text, at, near=near)

    def _typed(self, part: Part) -> Typed:
        match part:
            case Number(value):
                found = Typed(Constant(float(value)), "number", part.at)
            case Name(text):
                found = self._name(text, part.at)
            case Call(name):
                found = calls.function(part, self) if name in FUNCTIONS else self.output(part, None, part.at)
            case Member(whole, name):
                found = self.output(whole, name, part.at)
            case Of(symbol, inside):
                found = self._of(symbol, inside, part.at)
            case Unary("-", operand):
                found = self.made(Applied("negative", (self.values(operand),)), "series", part.at)
            case Unary(_, operand):
                found = self.made(Applied("not", (self.condition(operand),)), "truth", part.at)
            case Binary():
                found = self._binary(part)
        return found

    def _binary(self, part: Binary) -> Typed:
        sides = (part.left, part.right)
        if part.operator in _LOGICAL:
            return self.made(Applied(part.operator, tuple(map(self.condition, sides))), "truth", part.at)
        kind: Kind = "truth" if part.operator in _COMPARING else "series"
        return self.made(Applied(part.operator, tuple(map(self.values, sides))), kind, part.at)

    def _name(self, name: str, at: int) -> Typed:
        if name in self.vocabulary.numbers:
            return Typed(Constant(float(self.vocabulary.numbers[name])), "number", at)
        if name in SERIES or name in self.vocabulary.inputs:
            return Typed(Series(name), "series", at)
        if (held := stored_columns().get(name)) is None:
            self._refuse_name(name, at)
        indicator, output = held
        self.indicators.add(indicator.id)
        on = Series("close") if indicator.takes_on else None
        return self.made(Computed(indicator, output, on), "series", at)

    def _refuse_name(self, name: str, at: int) -> NoReturn:
        ids = [cls.id for cls in catalogue()]
        if name in FUNCTIONS or name in ids:
            self.refuse(f"{name} is called, as {name}(...)", at)
        if name in (self.vocabulary.symbols or ()):
            self.refuse(f"{name} is a symbol: say what of it, as {name}.close", at)
        known = (*self.vocabulary.numbers, *self.vocabulary.inputs, *SERIES, *stored_columns(), *FUNCTIONS, *ids)
        self.refuse(f"nothing is called {name!r}: no series, stored column or indicator", at, near=alike(name, known))

    def _of(self, symbol: str, inside: Part, at: int) -> Typed:
        known = self.vocabulary.symbols
        if known is None:
            self.refuse("a formula sees one symbol; its second one is called `against`", at)
        if symbol not in known:
            self.refuse(f"there is no symbol {symbol!r} in this snapshot", at, near=alike(symbol.upper(), known))
        self.symbols.add(symbol)
        if len(self.symbols) > MOST_SYMBOLS:
            self.refuse(f"an expression looks at up to {MOST_SYMBOLS} other symbols", at)
        found = self.typed(inside)
        self._refuse_rank(found)
        return Typed(Elsewhere(symbol, found.node), found.kind, at)

    def _kept(self, node: Node) -> Node:
        """Return the stored column that holds the same values, where there is one."""
        if not isinstance(node, Computed) or node.against or node.on not in {None, Series("close")}:
            return node
        names = stored_names().get(node.indicator)
        if names is None or names[node.output] not in self.vocabulary.held:
            return node
        return Stored(names[node.output], node.indicator, node.output)

    def _refuse_rank(self, found: Typed) -> None:
        if any(isinstance(one, Ranked) for one in steps(found.node)):
            self.refuse(_ONE_DAY, found.at)
