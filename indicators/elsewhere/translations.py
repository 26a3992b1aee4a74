"""Another system's question in our words, for the systems whose tables say what their parameters and outputs are."""

from collections.abc import Mapping
from functools import cache

import msgspec

from indicators.catalogue import declaration
from indicators.elsewhere.tables import NONE, SYSTEMS, Word, lines, value_of
from indicators.indicator import BadParameter, Parameter, Value, parameters


class Theirs(msgspec.Struct, frozen=True):
    """A parameter of theirs: what it is of ours, None for one that has no counterpart or no effect."""

    name: str
    ours: Parameter | None
    default: Value | None
    also: str | None
    has_effect: bool

    def read(self, given: str | None, averages: Mapping[str, str]) -> Value | None:
        """Return the value in our words; raises BadParameter if it must be given, or is not among those allowed."""
        if given is None and self.default is None and self.has_effect:
            raise BadParameter(self.name, given, "must be given")
        value = self.default if given is None or given == self.also else given
        if self.ours is None:
            return self._without_effect(value)
        if not self.ours.choices or value is None:
            return value
        word = averages.get(str(value).upper())
        if word not in self.ours.choices:
            allowed = (theirs for theirs, ours in averages.items() if ours in self.ours.choices)
            raise BadParameter(self.name, value, f"must be one of {', '.join(allowed)}")
        return word

    def _without_effect(self, value: Value | None) -> None:
        """Refuse what would be another number there, and can't be one here."""
        if self.default is not None and str(value).lower() != str(self.default).lower():
            raise BadParameter(self.name, value, f"must be {self.default}: the indicator here has nothing else for it")


class Translation(msgspec.Struct, frozen=True):
    """An indicator of theirs that one of ours answers for; an output that they lack is None."""

    system: str
    name: str
    id: str
    parameters: tuple[Theirs, ...]
    constants: dict[str, Value]
    outputs: tuple[str | None, ...]

    def params(self, given: Mapping[str, str]) -> dict[str, Value]:
        """Return our parameters for theirs, defaults included; raises BadParameter, which tells their names."""
        found: dict[str, Value] = dict(self.constants)
        said_by: dict[str, str] = {}
        averages = SYSTEMS[self.system].AVERAGES
        for one in self.parameters:
            value = one.read(given.get(one.name), averages)
            if one.ours is None or value is None:
                continue
            name = one.ours.name
            if value_of(str(found.setdefault(name, value))) != value_of(str(value)):
                must = f"must be as {said_by[name]}, which is {found[name]}"
                raise BadParameter(one.name, value, must)
            said_by[name] = one.name
        return found

    def theirs(self, ours: str) -> str:
        """Return their name of one of our parameters."""
        return next((one.name for one in self.parameters if one.ours and one.ours.name == ours), ours)


@cache
def translations(system: str) -> dict[str, Translation]:
    """Return what can be asked in a system's words, by its own name."""
    words: Mapping[str, str] = SYSTEMS[system].WORDS
    found = {}
    for line in lines(system):
        if line.outputs == (NONE,):
            continue
        own = {one.name: one for one in parameters(declaration(line.id))}
        found[line.name] = Translation(
            system,
            line.name,
            line.id,
            tuple(_theirs(word, words, own) for word in line.words),
            line.constants,
            tuple(None if one == NONE else one for one in line.outputs),
        )
    return found


def _theirs(word: Word, words: Mapping[str, str], own: Mapping[str, Parameter]) -> Theirs:
    ours = own.get(word.ours or words.get(word.name, word.name)) if word.has_effect else None
    return Theirs(word.name, ours, word.default, word.also, word.has_effect)
