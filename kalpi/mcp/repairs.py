"""A refused request put right, as far as its problem says how."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from kalpi_client import Problem

_NUMBER = r"-?\d[\d.]*(?:e[+-]?\d+)?"
_BOUNDS = re.compile(rf"from (?P<low>{_NUMBER}) to (?P<high>{_NUMBER})")
_MOST = re.compile(r"at most (?P<most>\d+)")
_WORDS = re.compile(r"one of (?P<words>.+)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARAMS = "params"
_OURS = {"id": "indicator", "date": "at"}
"""Our tools' arguments that have another name than the API's."""

Arguments = Mapping[str, object]


def repaired(arguments: Arguments, problem: Problem) -> dict[str, object] | None:
    """Return the arguments with what is wrong put right; None if the problem does not say how."""
    if problem.slug == "start-after-end":
        return {**arguments, "start": arguments["end"], "end": arguments["start"]}
    name = _OURS.get(problem.parameter or "", problem.parameter or "")
    if problem.slug == "unknown-parameter":
        return _renamed(arguments, name, problem.allowed)
    value = _allowed(problem)
    return None if value is None else _replaced(arguments, name, problem.given, value)


def _allowed(problem: Problem) -> object | None:
    """Return a value that is allowed, as near as can be to the one given."""
    if isinstance(first := problem.members.get("first_date"), str):
        return first
    match problem.allowed:
        case [first, *_] as words:
            near = get_close_matches(str(problem.given), [str(word) for word in words], n=1)
            return near[0] if near else first
        case str(text):
            return _worded(text, problem.given)
    return None


def _worded(text: str, given: object) -> object | None:
    """Read words such as `a whole number from 2 to 100000`, `up to 2013-03-01, the newest data`, `one of a, b`."""
    if day := _DAY.search(text):
        return day[0]
    if (bounds := _BOUNDS.search(text)) and (number := _number(given)) is not None:
        nearest = float(min(max(number, float(bounds["low"])), float(bounds["high"])))
        return int(nearest) if nearest.is_integer() else nearest
    if most := _MOST.search(text):
        return int(most["most"])
    if words := _WORDS.search(text):
        allowed = words["words"].split(", ")
        return next(iter(get_close_matches(str(given), allowed, n=1, cutoff=0.0)), None)
    return None


def _number(given: object) -> float | None:
    try:
        return float(str(given))
    except ValueError:
        return None


def _renamed(arguments: Arguments, name: str, allowed: object) -> dict[str, object] | None:
    """Return the arguments with a parameter of the indicator under the name that is nearest to it, or without it."""
    params = arguments.get(_PARAMS)
    if not isinstance(params, Mapping) or name not in params or not isinstance(allowed, list):
        return None
    near = [word for word in get_close_matches(name, allowed, n=1) if word not in params]
    others = {each: value for each, value in params.items() if each != name}
    return {**arguments, _PARAMS: others | dict.fromkeys(near, params[name])}


def _replaced(arguments: Arguments, name: str, given: object, value: object) -> dict[str, object] | None:
    """Return the arguments with a value in place of the one given: of that name, of the indicator's, or in a list."""
    params = arguments.get(_PARAMS)
    if isinstance(params, Mapping) and name in params:
        return {**arguments, _PARAMS: {**params, name: value}}
    if name in arguments and not isinstance(arguments[name], list):
        return {**arguments, name: value}
    for each, held in arguments.items():
        if isinstance(held, list) and given in held:
            return {**arguments, each: [value if one == given else one for one in held]}
    return None
